import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MeterSilence } from '#lib/energy/silence.ts';
import { createSilenceWatch, type LiveSilence } from '#lib/server/live/silence-watch.ts';

const CAMP = { mission: 'm', camp: 'c' };
const gone = (since: number): MeterSilence => ({
  silent: { since, cause: 'last-will' },
  expireAfterMs: null,
});
const SPEAKS: MeterSilence = { silent: null, expireAfterMs: null };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function stage(first: Record<string, MeterSilence>) {
  const file = { known: new Map(Object.entries(first)), looks: 0, isBroken: false };
  const watch = createSilenceWatch(() => {
    file.looks += 1;
    if (file.isBroken) throw new Error('no disk');
    return file.known;
  });
  const heard: string[] = [];
  const note = ({ meter, since, cause }: LiveSilence): void => {
    heard.push(`${meter} ${since === null ? 'speaks' : `${String(Date.parse(since))} ${String(cause)}`}`);
  };
  const change = (to: Record<string, MeterSilence>): void => {
    file.known = new Map([...file.known, ...Object.entries(to)]);
    vi.advanceTimersByTime(1_000);
  };
  return { file, watch, heard, change, start: () => watch.watch(CAMP, note) };
}

describe('who falls silent', () => {
  it('is told at once of the camp that is watched, and of no other', () => {
    const { start, heard } = stage({
      'm/c/a': gone(5),
      'm/c/b': SPEAKS,
      'm/other/a': gone(6),
      'm/c2/a': gone(7),
    });
    start();
    expect(heard).toEqual(['a 5 last-will']);
  });

  it('is told within a second of the worker’s finding it out, once, and so is who comes back', () => {
    const { start, heard, change } = stage({});
    start();
    change({ 'm/c/a': SPEAKS });
    change({ 'm/c/a': gone(5) });
    change({ 'm/c/b': SPEAKS });
    change({ 'm/c/a': SPEAKS });
    change({ 'm/c/a': gone(9) });
    expect(heard).toEqual(['a 5 last-will', 'a speaks', 'a 9 last-will']);
  });

  it('costs nothing while nobody watches, and goes on after the file could not be read', () => {
    const { file, start, heard, change } = stage({});
    vi.advanceTimersByTime(60_000);
    expect(file.looks).toBe(0);
    const stop = start();
    file.isBroken = true;
    change({ 'm/c/a': gone(5) });
    file.isBroken = false;
    change({});
    expect(heard).toEqual(['a 5 last-will']);
    stop();
    const { looks } = file;
    change({ 'm/c/a': SPEAKS });
    expect([file.looks, heard.length, vi.getTimerCount()]).toEqual([looks, 1, 0]);
  });
});
