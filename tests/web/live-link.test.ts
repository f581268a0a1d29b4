/** The browser's link to live readings, played through: hidden, offline, cut, half-open, asleep, flooded. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FeedReading, FeedSilence } from '#lib/components/camp/feed-reading.ts';
import { GATHER_MS } from '#lib/components/camp/gathering.ts';
import {
  DEAD_AFTER_MS,
  GAP_MS,
  LiveLink,
  LONGEST_RETRY_MS,
  type LinkState,
} from '#lib/components/camp/live-link.ts';

type Say = (name: string, data?: unknown) => void;

function stage() {
  const lines: { say: Say; isClosed: boolean }[] = [];
  const states: LinkState['kind'][] = [];
  const batches: (readonly FeedReading[])[] = [];
  const world = {
    isHidden: false,
    isOffline: false,
    gaps: 0,
    broker: [] as boolean[],
    silences: [] as FeedSilence[],
  };
  let changed = (): void => undefined;
  const { run } = new LiveLink(
    '/live',
    {
      onState: ({ kind }) => states.push(kind),
      onReadings: (readings) => batches.push(readings),
      onBroker: (isConnected) => world.broker.push(isConnected),
      onSilence: (silence) => world.silences.push(silence),
      onGap: () => (world.gaps += 1),
    },
    {
      open() {
        const listeners = new Map<string, (event: { data?: unknown }) => void>();
        const line = {
          isClosed: false,
          say: (name: string, data?: unknown) => {
            if (!line.isClosed) listeners.get(name)?.({ data });
          },
        };
        lines.push(line);
        return {
          addEventListener: (name: string, listener: (event: { data?: unknown }) => void) =>
            void listeners.set(name, listener),
          close: () => (line.isClosed = true),
        };
      },
      isHidden: () => world.isHidden,
      isOffline: () => world.isOffline,
      onChange(listener) {
        changed = listener;
        return () => (changed = () => undefined);
      },
      random: () => 0.5,
    },
  );
  const open = () => lines.filter(({ isClosed }) => !isClosed);
  return {
    ...{ lines, states, batches, world, run, open },
    /** the line that is open */
    say: ((name, data) => open().at(-1)?.say(name, data)) as Say,
    change: (to: Partial<typeof world>) => {
      Object.assign(world, to);
      changed();
    },
  };
}

const reading = (meter: string, second: number, activePowerW: number) =>
  JSON.stringify({ meter, at: new Date(second * 1000).toISOString(), values: { activePowerW } });

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 24) });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the link to live readings', () => {
  it('draws a flood of readings a few times a second, each meter by its newest', () => {
    const { run, say, batches } = stage();
    run();
    say('open');
    for (let i = 0; i < 10_000; i += 1) {
      say('reading', reading(`m-${String(i % 60)}`, 1_000 + i, i));
      if (i % 1_000 === 999) vi.advanceTimersByTime(100);
    }
    vi.advanceTimersByTime(GATHER_MS);
    // Ten thousand in a second: no more than one drawing each 100 ms, none with a meter twice.
    expect(batches.length).toBeLessThanOrEqual(11);
    expect(batches.every((batch) => batch.length <= 60)).toBe(true);
    expect(batches.at(-1)?.find(({ meter }) => meter === 'm-39')?.values.activePowerW).toBe(9_999);
  });

  it('keeps what a second message adds, and leaves late and broken ones', () => {
    const { run, say, batches } = stage();
    run();
    say('reading', reading('a', 10, 1));
    say('reading', '{"meter":"a","at":"1970-01-01T00:00:10Z","values":{"fuelLevelPct":62,"mood":1}}');
    say('reading', reading('a', 9, 99));
    for (const odd of ['{', '{}', 7, '{"meter":"a","at":"no"}', undefined]) say('reading', odd);
    vi.advanceTimersByTime(GATHER_MS);
    expect(batches).toEqual([[{ meter: 'a', at: 10_000, values: { activePowerW: 1, fuelLevelPct: 62 } }]]);
  });

  it('holds a bounded number of meters, whatever it is told', () => {
    const { run, say, batches } = stage();
    run();
    for (let i = 0; i < 5_000; i += 1) say('reading', reading(`m-${String(i)}`, 1, i));
    vi.advanceTimersByTime(GATHER_MS);
    expect(batches[0]).toHaveLength(2_000);
  });

  it('closes the line in a hidden tab, and opens one with fresh data when it is seen again', () => {
    const { run, say, change, open, states, world } = stage();
    run();
    say('open');
    change({ isHidden: true });
    expect(open()).toHaveLength(0);
    vi.advanceTimersByTime(3_600_000);
    expect(open()).toHaveLength(0);
    change({ isHidden: false });
    say('open');
    expect(states).toEqual(['connecting', 'live', 'paused', 'connecting', 'live']);
    expect(world.gaps).toBe(1);
  });

  it('asks for nothing more after a glance at another tab', () => {
    const { run, say, change, world } = stage();
    run();
    say('open');
    change({ isHidden: true });
    vi.advanceTimersByTime(GAP_MS - 1_000);
    change({ isHidden: false });
    say('open');
    expect(world.gaps).toBe(0);
  });

  it('says that this computer is offline, and goes on with the network', () => {
    const { run, say, change, open, states, lines } = stage();
    run();
    say('open');
    change({ isOffline: true });
    vi.advanceTimersByTime(600_000);
    expect([open().length, lines.length, states.at(-1)]).toEqual([0, 1, 'offline']);
    change({ isOffline: false });
    expect(states.at(-1)).toBe('connecting');
  });

  it('tries again ever more slowly while the server is away, and says so', () => {
    const { run, say, states, lines, world } = stage();
    run();
    const startedAt = Date.now();
    for (let i = 0; i < 12; i += 1) {
      say('error');
      expect(states.at(-1)).toBe('waiting');
      vi.advanceTimersByTime(LONGEST_RETRY_MS);
    }
    expect(lines).toHaveLength(13);
    say('open');
    expect(states.at(-1)).toBe('live');
    expect(world.gaps).toBe(1);
    say('error');
    vi.advanceTimersByTime(1_000);
    expect(Date.now() - startedAt).toBe(12 * LONGEST_RETRY_MS + 1_000);
    expect(lines).toHaveLength(14);
  });

  it('notices a line that is open and dead', () => {
    const { run, say, lines, open, world } = stage();
    run();
    say('open');
    for (let i = 0; i < 20; i += 1) {
      vi.advanceTimersByTime(15_000);
      say('beat', '{}');
    }
    expect(lines).toHaveLength(1);
    vi.advanceTimersByTime(DEAD_AFTER_MS + 5_000);
    expect([lines.length, open().length]).toEqual([2, 1]);
    say('open');
    expect(world.gaps).toBe(1);
  });

  it('notices after a night’s sleep that nothing was heard', () => {
    const { run, say, lines, world } = stage();
    run();
    say('open');
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    vi.advanceTimersByTime(5_000);
    say('open');
    expect([lines.length, world.gaps]).toEqual([2, 1]);
  });

  it('tells whether the server hears its broker', () => {
    const { run, say, world } = stage();
    run();
    for (const word of ['{"connected":true}', '{"connected":false}', '{"connected":true}'])
      say('broker', word);
    expect(world.broker).toEqual([true, false, true]);
  });

  it('tells who left and who came back, and leaves what is no such word', () => {
    const { run, say, world } = stage();
    run();
    say('silence', '{"meter":"a","since":"1970-01-01T00:00:10.000Z","cause":"last-will"}');
    say('silence', '{"meter":"a","since":null,"cause":null}');
    for (const odd of ['{', 'null', 7, undefined, '{"since":null}', '{"meter":"a"}']) say('silence', odd);
    say('silence', '{"meter":"a","since":"1970-01-01T00:00:10.000Z","cause":"boredom"}');
    expect(world.silences).toEqual([
      { meter: 'a', gone: { since: 10_000, cause: 'last-will' } },
      { meter: 'a', gone: null },
    ]);
  });

  it('leaves nothing behind when it is stopped', () => {
    const { run, say, open, batches } = stage();
    const stop = run();
    say('reading', reading('a', 1, 1));
    stop();
    expect(open()).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(batches).toEqual([]);
  });
});
