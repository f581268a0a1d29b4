import { describe, expect, it } from 'vitest';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import { Inbox } from '../../../ingest/deliver/inbox.ts';

const genset = meterRef('unmiss', 'juba', 'genset-1');
const solar = meterRef('unmiss', 'juba', 'pv-1');
const message = { topic: 't', payload: new Uint8Array(3), retain: false, receivedAt: 1 };
const settled = (): void => undefined;

function batchOf(readings: readonly Reading[], receiptTimes: number) {
  const inbox = new Inbox(100);
  for (const reading of readings) {
    inbox.add(message, { readings: [reading], rejections: [], ignoredKeys: 0, receiptTimes }, settled);
  }
  return inbox.next();
}

describe('Values stamped with their receipt', () => {
  const readings: Reading[] = [
    { meter: genset, at: 1, values: { activePowerW: 1, frequencyHz: 50 } },
    { meter: solar, at: 1, values: { activePowerW: 7 } },
    { meter: genset, at: 1, values: { energyForwardWh: 5, activePowerW: 2 } },
    { meter: genset, at: 2, values: { activePowerW: 3 } },
  ];

  it('are one reading where meter and millisecond are the same, the later value of a quantity counting', () => {
    const batch = batchOf(readings, 1);
    expect(batch?.readings).toEqual([
      { meter: genset, at: 1, values: { activePowerW: 2, frequencyHz: 50, energyForwardWh: 5 } },
      { meter: solar, at: 1, values: { activePowerW: 7 } },
      { meter: genset, at: 2, values: { activePowerW: 3 } },
    ]);
    expect(batch?.settles).toHaveLength(4);
    expect(readings[0]?.values).toEqual({ activePowerW: 1, frequencyHz: 50 });
  });

  it('stay as they are where the device told the time', () => {
    expect(batchOf(readings, 0)?.readings).toEqual(readings);
  });
});
