import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventStream } from '#lib/server/live/event-stream.ts';
import type { LiveReading } from '#lib/server/live/live-message.ts';
import type { Listener } from '#lib/server/live/newest-readings.ts';
import { createSilenceWatch } from '#lib/server/live/silence-watch.ts';

const camp = { mission: 'm', camp: 'c' };
const quiet = createSilenceWatch(() => new Map());
const reading = (power: number, meter = 'a'): LiveReading => ({
  ...camp,
  meter,
  at: '2026-01-01T00:00:00.000Z',
  values: { activePowerW: power },
});

function fakeHub() {
  const listeners = new Set<Listener>();
  const connections = new Set<(isConnected: boolean) => void>();
  return {
    listeners,
    connections,
    closings: new Set<() => void>(),
    connected: true,
    onClose(listener: () => void) {
      this.closings.add(listener);
      return () => this.closings.delete(listener);
    },
    watch(_: unknown, listener: Listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onConnection(listener: (isConnected: boolean) => void) {
      connections.add(listener);
      return () => connections.delete(listener);
    },
    say(each: LiveReading) {
      for (const listener of listeners) listener(each);
    },
  };
}

async function readAll(stream: ReadableStream<Uint8Array>, chunks: number): Promise<string> {
  const reader = stream.getReader();
  let text = '';
  for (let i = 0; i < chunks; i += 1) text += new TextDecoder().decode((await reader.read()).value);
  reader.releaseLock();
  return text;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a browser’s event stream', () => {
  it('sends readings as the contract says and tells whether the broker is there', async () => {
    const hub = fakeHub();
    const stream = eventStream(hub, camp, quiet);
    hub.say(reading(1));
    const text = await readAll(stream as ReadableStream<Uint8Array>, 3);
    expect(text).toContain('event: broker\ndata: {"connected":true}\n\n');
    expect(text).toContain(`event: reading\ndata: ${JSON.stringify(reading(1))}\n\n`);
  });

  it('keeps one reading a meter for a browser that does not read, and it is the newest', async () => {
    const hub = fakeHub();
    const stream = eventStream(hub, camp, quiet) as ReadableStream<Uint8Array>;
    for (let power = 1; power <= 10_000; power += 1) hub.say(reading(power));
    const text = await readAll(stream, 33);
    const powers = [...text.matchAll(/"activePowerW":(\d+)/g)].map(([, power]) => Number(power));
    expect(powers.length).toBeLessThan(40);
    expect(powers.at(-1)).toBe(10_000);
  });

  it('holds no more for a browser that stands still than its meters, and the newest of each', async () => {
    const hub = fakeHub();
    const stream = eventStream(hub, camp, quiet) as ReadableStream<Uint8Array>;
    const meters = Array.from({ length: 100 }, (_, index) => `meter-${String(index)}`);
    for (let power = 1; power <= 1_000; power += 1) {
      for (const meter of meters) hub.say(reading(power, meter));
    }
    // The stream's own 32 chunks, then what waits: one a meter, and the broker's word.
    const text = await readAll(stream, 32 + meters.length);
    const told = [...text.matchAll(/"meter":"([^"]+)".*?"activePowerW":(\d+)/g)];
    expect(told.length).toBeLessThanOrEqual(32 + meters.length);
    const newest = new Map(told.map(([, meter, power]) => [meter, Number(power)]));
    expect(meters.filter((meter) => newest.get(meter) !== 1_000)).toEqual([]);
    await stream.cancel();
  });

  it('tells who is known to have fallen silent, in an event of its own', async () => {
    const known = new Map([
      ['m/c/a', { silent: { since: 0, cause: 'last-will' as const }, expireAfterMs: null }],
    ]);
    const stream = eventStream(
      fakeHub(),
      camp,
      createSilenceWatch(() => known),
    ) as ReadableStream<Uint8Array>;
    const told = { ...camp, meter: 'a', since: '1970-01-01T00:00:00.000Z', cause: 'last-will' };
    expect(await readAll(stream, 3)).toContain(`event: silence\ndata: ${JSON.stringify(told)}\n\n`);
    await stream.cancel();
  });

  it('stops listening when the browser goes', async () => {
    const hub = fakeHub();
    const stream = eventStream(hub, camp, quiet) as ReadableStream<Uint8Array>;
    await stream.cancel();
    expect(hub.listeners.size + hub.connections.size + hub.closings.size).toBe(0);
  });

  it('ends when the hub ends, and leaves nothing behind', async () => {
    const hub = fakeHub();
    const reader = (eventStream(hub, camp, quiet) as ReadableStream<Uint8Array>).getReader();
    for (const end of [...hub.closings]) end();
    let chunk = await reader.read();
    while (!chunk.done) chunk = await reader.read();
    expect(hub.listeners.size + hub.connections.size + hub.closings.size).toBe(0);
  });

  it('says something every fifteen seconds, so that proxies keep the line and browsers know it lives', async () => {
    vi.useFakeTimers();
    const stream = eventStream(fakeHub(), camp, quiet) as ReadableStream<Uint8Array>;
    vi.advanceTimersByTime(15_000);
    expect(await readAll(stream, 3)).toContain('event: beat\ndata: {}\n\n');
    await stream.cancel();
  });

  it('is not there when too many listen', () => {
    expect(eventStream({ ...fakeHub(), watch: () => undefined }, camp, quiet)).toBeUndefined();
  });
});
