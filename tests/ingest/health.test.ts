/** What the worker says of itself: nothing that is not so, and the worst first. */
import { describe, expect, it } from 'vitest';
import { healthReport, type HealthInput } from '../../ingest/health.ts';

const NOW = Date.UTC(2026, 10, 1);
const WELL: HealthInput = {
  now: NOW,
  isConnected: true,
  isEmbedded: false,
  delivery: { state: 'direct', unacknowledged: 0, oldestAt: null },
  spool: { readings: 0, bytes: 0, oldestSavedAt: null, isFull: false },
  lastFault: null,
  diskFault: null,
  sessionLostAt: null,
  accountsFailing: null,
  refusedFilters: [],
  rejections: [],
};

function problemsOf(changes: Partial<HealthInput>) {
  const { status, problemCodes, problems } = healthReport({ ...WELL, ...changes });
  return { status, codes: problemCodes.map(({ code }) => code), text: problems.join(' ') };
}

describe('the worker’s health', () => {
  it('is ok with nothing to say', () => {
    expect(problemsOf({})).toEqual({ status: 'ok', codes: [], text: '' });
  });

  it('is degraded while the store is away and readings are kept', () => {
    const lastFault = { code: 'STORE_UNAVAILABLE', message: '503', state: 'spooling' } as const;
    const { status, codes, text } = problemsOf({
      delivery: { ...WELL.delivery, state: 'spooling' },
      lastFault,
    });
    expect({ status, codes }).toEqual({ status: 'degraded', codes: ['store-away'] });
    expect(text).toContain('(503)');
  });

  it('fails while the disk takes nothing, and does not claim then that readings are kept', () => {
    const { status, codes, text } = problemsOf({
      delivery: { state: 'waiting', unacknowledged: 7, oldestAt: NOW },
      diskFault: 'worker.db: database or disk is full.',
    });
    expect({ status, codes }).toEqual({ status: 'failing', codes: ['disk-failing'] });
    expect(text).toContain('worker.db: database or disk is full.');
  });

  it('speaks of a lost session for a day', () => {
    const hourMs = 3_600_000;
    expect(problemsOf({ sessionLostAt: NOW - 23 * hourMs }).codes).toEqual(['session-lost']);
    expect(problemsOf({ sessionLostAt: NOW - 25 * hourMs }).codes).toEqual([]);
  });

  it('tells what fails before what only worries', () => {
    const { status, codes } = problemsOf({
      isConnected: false,
      spool: { ...WELL.spool, readings: 5, isFull: true },
      accountsFailing: 'no answer',
    });
    expect(status).toBe('failing');
    expect(codes).toEqual(['broker-away', 'spool-full', 'spool-draining', 'accounts-behind']);
  });
});
