import { describe, expect, it } from 'vitest';
import { parseRegistry } from '#lib/registry/parse.ts';
import { createDecoder } from '../../../ingest/decode/decoder.ts';
import type { Decoded } from '../../../ingest/decode/message.ts';
import { loadProfiles } from '../../../ingest/decode/profile-load.ts';

const profiles = loadProfiles();

/** What becomes of one message of a device whose line of the registry file ends in `wiring`. */
function hear(wiring: string, profile: string, topic: string, payload: object): Decoded {
  const parsed = parseRegistry(`missions: { m: { name: M, zone: UTC, camps: { c: { name: C } } } }
sources: [{ profile: ${profile}, topic: "#", mission: m, camp: c, meter: grid-1${wiring} }]
`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const decoder = createDecoder({ registry: parsed.registry, profiles });
  const receivedAt = Date.parse('2026-03-02T09:15:04Z');
  const message = { topic, payload: Buffer.from(JSON.stringify(payload)), retain: false, receivedAt };
  return decoder.decode(message);
}

const LIVE = {
  ...{ a_voltage: 231, b_voltage: 232, c_voltage: 233, a_current: 1.1, b_current: 2, c_current: 3 },
  ...{ total_act_power: -690.5, total_aprt_power: 700 },
};
const live = (wiring: string) => hear(wiring, 'shelly-gen2', 'camp/em/status/em:0', LIVE).readings[0]?.values;

describe('how a device is installed', () => {
  it('puts voltages and currents on the phases that its inputs sit on', () => {
    expect(live('')).toMatchObject({ voltageL1V: 231, voltageL2V: 232, voltageL3V: 233, currentL1A: 1.1 });
    expect(live(', phases: [L2, L3, L1]')).toEqual({
      ...{ voltageL2V: 231, voltageL3V: 232, voltageL1V: 233, currentL2A: 1.1, currentL3A: 2, currentL1A: 3 },
      ...{ activePowerW: -690.5, apparentPowerVA: 700 },
    });
  });

  it('multiplies what follows the current by the ratio of its transformers, and nothing else', () => {
    expect(live(', ctRatio: 40')).toEqual({
      ...{
        voltageL1V: 231,
        voltageL2V: 232,
        voltageL3V: 233,
        currentL1A: 44,
        currentL2A: 80,
        currentL3A: 120,
      },
      ...{ activePowerW: -27_620, apparentPowerVA: 28_000 },
    });
    const energy = { total_act: 1000.25, total_act_ret: 7 };
    const { readings } = hear(', ctRatio: 40', 'shelly-gen2', 'camp/em/status/emdata:0', energy);
    expect(readings[0]?.values).toEqual({ energyForwardWh: 40_010, energyReverseWh: 280 });
  });

  it('does both at once', () => {
    expect(live(', phases: [L3, L2, L1], ctRatio: 0.5')).toMatchObject({ currentL3A: 0.55, currentL1A: 1.5 });
  });

  it('leaves out what cannot be once it is multiplied, and says why', () => {
    const huge = { total_act: 9e14, total_act_ret: 1 };
    const decoded = hear(', ctRatio: 100', 'shelly-gen2', 'camp/em/status/emdata:0', huge);
    expect(decoded.readings[0]?.values).toEqual({ energyReverseWh: 100 });
    expect(decoded.rejections).toMatchObject([{ reason: 'value-out-of-range' }]);
    expect(decoded.rejections[0]?.detail).toContain("after the registry line's ctRatio 100");
    const alone = hear(', ctRatio: 100', 'shelly-gen2', 'camp/em/status/emdata:0', { total_act: 9e14 });
    expect(alone.readings).toEqual([]);
  });

  it('does not touch what a genset tells beside its power', () => {
    const payload = { '1A2B': { P004: { R003: 75, R006: 1500 }, P006: { R000: 90, R022: 455 } } };
    const before = hear('', 'dse890-gencomm', 'site/plant/gw/module/P004', payload).readings[0]?.values;
    const after = hear(', ctRatio: 2', 'dse890-gencomm', 'site/plant/gw/module/P004', payload).readings[0]
      ?.values;
    expect(after).toEqual({ ...before, activePowerW: (before?.activePowerW ?? NaN) * 2 });
    expect(before).toMatchObject({ activePowerW: 90, loadPct: 45.5, fuelLevelPct: 75 });
  });
});
