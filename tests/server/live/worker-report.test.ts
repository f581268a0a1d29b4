/** The worker's report comes from another process, perhaps of another version: nothing in it is taken for granted. */
import { describe, expect, it } from 'vitest';
import { createRefusalLog } from '../../../ingest/access/refusal-log.ts';
import { createRejectionLog } from '../../../ingest/rejection-log.ts';
import { readWorkerReport } from '#lib/server/live/worker-report.ts';

const rejection = {
  topic: 'x/y',
  reason: 'time-missing',
  detail: 'no "at"',
  count: 3,
  firstAt: 1_000,
  lastAt: 2_000,
};
const report = {
  status: 'degraded',
  problems: ['The store is away (ECONNREFUSED); readings are kept and follow later.'],
  broker: { connected: true, embedded: false },
  delivery: { state: 'spooling', unacknowledged: 12, pendingBytes: 9, oldestAt: 5_000 },
  spool: { batches: 2, readings: 400, bytes: 9_000, oldestSavedAt: 4_000, isFull: false },
  rejections: [rejection],
};

describe('the worker’s report', () => {
  it('is silence when nothing readable came', () => {
    for (const nothing of [undefined, null, 'ok', 7, []]) {
      expect(readWorkerReport(nothing)).toMatchObject({ state: 'silent', problems: [], delivery: null });
    }
  });

  it('tells what waits, and each problem as a code with what the other side said', () => {
    const problemCodes = [{ code: 'store-away', detail: 'ECONNREFUSED' }];
    expect(readWorkerReport({ ...report, problemCodes, deadLetters: { letters: 5, bytes: 700 } })).toEqual({
      state: 'degraded',
      problems: [{ code: 'store-away', detail: 'ECONNREFUSED' }],
      broker: { connected: true, embedded: false },
      delivery: { state: 'spooling', unacknowledged: 12, oldestAt: 5_000 },
      spool: { readings: 400, bytes: 9_000, oldestAt: 4_000 },
      deadLetters: { letters: 5, bytes: 700 },
      rejections: [rejection],
      refusals: [],
    });
  });

  it('shows what this version’s worker rejected and refused, as it comes by JSON', () => {
    const rejections = createRejectionLog();
    rejections.note(
      { topic: 'x/y', payload: new Uint8Array(), retain: false, receivedAt: 2_000, qos: 1 },
      { reason: 'time-missing', detail: 'no "at"' },
    );
    const refusals = createRefusalLog({ warn: () => undefined }, () => 3_000);
    refusals.note({ what: 'publish', guest: 'unmiss.juba.1', topic: 'x/y' });
    const told = { rejections: rejections.newest(9), refusals: refusals.newest(9) };
    const read = readWorkerReport(JSON.parse(JSON.stringify({ ...report, ...told })));
    expect(read.rejections).toEqual([{ ...rejection, count: 1, firstAt: 2_000, lastAt: 2_000 }]);
    expect(read.refusals).toEqual([
      { what: 'publish', guest: 'unmiss.juba.1', topic: 'x/y', count: 1, lastAt: 3_000 },
    ]);
  });

  it('reads the problems off the figures of a worker that tells no codes', () => {
    expect(readWorkerReport(report).problems).toEqual([{ code: 'store-away', detail: null }]);
    const broken = {
      ...report,
      problems: [],
      broker: { connected: false, embedded: false },
      delivery: { ...report.delivery, state: 'held' },
      spool: { ...report.spool, isFull: true },
    };
    expect(readWorkerReport(broken).problems.map(({ code }) => code)).toEqual([
      'broker-away',
      'delivery-held',
      'spool-full',
      'spool-draining',
    ]);
  });

  it('keeps a problem it has no code for in the worker’s own words', () => {
    const newer = {
      status: 'failing',
      problems: ['The moon is full.'],
      problemCodes: [{ code: 'moon-full' }],
    };
    expect(readWorkerReport(newer)).toMatchObject({
      state: 'failing',
      problems: [{ code: 'other', detail: 'The moon is full.' }],
    });
  });

  it('never takes an unknown status or a broken part for good news', () => {
    const odd = readWorkerReport({
      status: 'splendid',
      delivery: { state: 'asleep' },
      spool: 7,
      problems: [7, {}],
    });
    expect(odd).toMatchObject({
      state: 'degraded',
      delivery: null,
      spool: null,
      deadLetters: null,
      problems: [],
    });
  });

  it('has rejections newest first, bounded, without those it can’t read', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      ...rejection,
      topic: `t/${String(index)}/${'x'.repeat(5_000)}`,
      lastAt: index,
    }));
    const { rejections } = readWorkerReport({ status: 'ok', rejections: [{ topic: 7 }, ...many] });
    expect(rejections.length).toBeLessThanOrEqual(100);
    expect(rejections[0]?.lastAt).toBeGreaterThan(rejections.at(-1)?.lastAt ?? Infinity);
    expect(rejections[0]?.topic.length).toBeLessThan(700);
  });
});
