/** A profile's samples as messages: tests run them, and `npm run profile` shows what becomes of them. */
import type { Registry } from '#lib/registry/types.ts';
import { createDecoder, type DeviceDecoder } from './decoder.ts';
import { layoutFor } from './device-source.ts';
import type { Decoded, InboundMessage } from './message.ts';
import type { Profile } from './profile.ts';
import type { SampleSpec } from './profile-schema.ts';

/** The message a sample stands for. A text payload goes as it is, anything else as JSON. */
export function sampleMessage(sample: SampleSpec): InboundMessage {
  const text = typeof sample.payload === 'string' ? sample.payload : JSON.stringify(sample.payload);
  return {
    topic: sample.topic,
    payload: Buffer.from(text, sample.encoding ?? 'utf8'),
    retain: sample.retain ?? false,
    receivedAt: Date.parse(sample.receivedAt),
  };
}

/** What `profile` makes of `message` when one source covers everything and meters carry the profile's own names. */
export function decodeAlone(profile: Profile, message: InboundMessage, zone = 'UTC'): Decoded {
  return decoderFor(profile, message.topic, zone).decode(message);
}

/** What `profile` makes of a sample of its own, after what the device said before. */
export function decodeSample(profile: Profile, sample: SampleSpec): Decoded {
  const decoder = decoderFor(profile, sample.topic, sample.zone ?? 'UTC');
  for (const message of messagesBefore(sample)) decoder.decode(message);
  return decoder.decode(sampleMessage(sample));
}

export function messagesBefore({ before = [], receivedAt }: SampleSpec): InboundMessage[] {
  return before.map((each) => sampleMessage({ ...each, receivedAt, expect: [] }));
}

function decoderFor(profile: Profile, topic: string, zone: string): DeviceDecoder {
  const meter = layoutFor(profile.messages, topic.split('/'))?.message.meter ?? 'none';
  const source = { profile: profile.name, topic: '#', mission: 'mission', camp: 'camp', meter, zone };
  const registry: Registry = { missions: {}, pledges: [], sources: [source] };
  return createDecoder({ registry, profiles: [profile] });
}
