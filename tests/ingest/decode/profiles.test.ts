import { describe, expect, it } from 'vitest';
import { createDecoder } from '../../../ingest/decode/decoder.ts';
import { loadProfiles } from '../../../ingest/decode/profile-load.ts';
import { decodeSample, sampleMessage } from '../../../ingest/decode/sample.ts';

const profiles = loadProfiles();

describe.each(profiles.map((profile) => [profile.name, profile] as const))('profile %s', (_, profile) => {
  it.each(profile.samples.map((sample, index) => [index + 1, sample.topic, sample] as const))(
    'reads its sample %i, %s, as it says',
    (_index, _topic, sample) => {
      const decoded = decodeSample(profile, sample);
      const readings = decoded.readings.map(({ meter, values }) => ({ meter: meter.meter, ...values }));
      expect(byMeter(readings)).toEqual(byMeter(sample.expect.map(({ at: _at, ...rest }) => rest)));
      for (const { meter, at } of sample.expect) {
        const reading = decoded.readings.find((each) => each.meter.meter === meter);
        if (at !== undefined) expect(reading?.at).toBe(Date.parse(at));
      }
      expect(decoded.rejections.map((rejection) => rejection.reason)).toEqual(sample.reject ?? []);
    },
  );

  it('declares how its energy and fuel registers behave', () => {
    const fields = profile.spec.messages.flatMap((message) => message.fields);
    const registers = fields.filter((field) => field.to === 'energyForwardWh' || field.to === 'fuelUsedL');
    expect(registers.filter((field) => field.register === undefined)).toEqual([]);
  });

  it.each(
    profile.samples
      .filter((sample) => sample.expect.length > 0)
      .map((sample) => [sample.topic, sample] as const),
  )('keeps %s from an unregistered device and says which line is missing', (_topic, sample) => {
    const decoder = createDecoder({
      registry: { missions: {}, pledges: [], sources: [] },
      profiles: [profile],
    });
    const decoded = decoder.decode(sampleMessage(sample));
    expect(decoded.readings).toEqual([]);
    const reason = decoded.rejections[0]?.reason;
    expect(['device-unassigned', 'topic-unknown']).toContain(reason);
    if (reason === 'device-unassigned')
      expect(decoded.rejections[0]?.detail).toContain(`profile: ${profile.name}`);
  });
});

function byMeter<T extends { readonly meter: string }>(readings: readonly T[]): T[] {
  return [...readings].sort((a, b) => (a.meter < b.meter ? -1 : 1));
}
