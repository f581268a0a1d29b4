import { describe, expect, it } from 'vitest';
import { meterRef, type Values } from '#lib/energy/reading.ts';
import { createLivePublisher } from '../../../ingest/live/live-publisher.ts';

const GENSET = meterRef('unmiss', 'juba', 'genset-1');
const BACKWARDS = meterRef('unmiss', 'juba', 'pv-1');
const T0 = Date.UTC(2026, 10, 1);

function publisher() {
  const sent: { topic: string; body: unknown }[] = [];
  const live = createLivePublisher(
    (topic, payload) => sent.push({ topic, body: JSON.parse(payload) }),
    (meter) => meter === BACKWARDS,
  );
  const note = (atMs: number, values: Values, meter = GENSET): void => {
    live.note([{ meter, at: T0 + atMs, values }]);
  };
  return { live, sent, note };
}

describe('The live topic', () => {
  it('carries the newest reading of each meter', () => {
    const { live, sent, note } = publisher();
    note(0, { activePowerW: 1 });
    note(100, { activePowerW: 2 });
    live.publishDue(T0 + 200);
    expect(sent).toEqual([
      { topic: 'bluewatt/live/unmiss/juba/genset-1', body: { at: T0 + 100, activePowerW: 2 } },
    ]);
  });

  it('speaks at most once a second for a meter, and then says the newest', () => {
    const { live, sent, note } = publisher();
    for (let ms = 0; ms <= 2_000; ms += 100) {
      note(ms, { activePowerW: ms });
      live.publishDue(T0 + ms);
    }
    expect(sent.map(({ body }) => (body as { at: number }).at - T0)).toEqual([0, 1_000, 2_000]);
  });

  it('is silent when nothing new was said', () => {
    const { live, sent, note } = publisher();
    note(0, { activePowerW: 1 });
    live.publishDue(T0);
    live.publishDue(T0 + 5_000);
    expect([sent.length, live.counters.published]).toEqual([1, 1]);
  });

  it('joins what a device tells in separate messages', () => {
    const { live, sent, note } = publisher();
    note(0, { activePowerW: 1 });
    note(5, { energyForwardWh: 7 });
    live.publishDue(T0 + 10);
    expect(sent[0]?.body).toEqual({ at: T0 + 5, activePowerW: 1, energyForwardWh: 7 });
  });

  it('passes over a backlog: late readings are history, not news', () => {
    const { live, sent, note } = publisher();
    note(60_000, { activePowerW: 2 });
    note(0, { activePowerW: 1 });
    live.publishDue(T0 + 60_000);
    expect(sent[0]?.body).toEqual({ at: T0 + 60_000, activePowerW: 2 });
  });

  it('shows a meter with its transformer clamped backwards the right way round', () => {
    const { live, sent, note } = publisher();
    note(0, { activePowerW: -500, energyForwardWh: 3, energyReverseWh: 9_000, voltageV: 230 }, BACKWARDS);
    live.publishDue(T0);
    expect(sent[0]?.body).toEqual({
      at: T0,
      activePowerW: 500,
      energyForwardWh: 9_000,
      energyReverseWh: 3,
      voltageV: 230,
    });
  });
});
