/**
 * One browser's server-sent events. A browser that reads slowly costs no more than one reading per meter: what
 * it has not taken yet is replaced by what is newer. Beside `reading` there is `silence`, `{ meter, since,
 * cause }`: a device that is known to have gone; `broker`, `{ connected }`: a picture that stands still must say why; and `beat` every 15 s: it keeps proxies from closing the line, and a browser that misses
 * it knows that the line is dead (a comment would do for the proxies, but no script ever sees one).
 */
import type { LiveHub } from './hub.ts';
import type { LiveReading } from './live-message.ts';
import type { LiveSilence, SilenceWatch } from './silence-watch.ts';

const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it connects again by itself. */
const RETRY_MS = 3_000;
/** Chunks that may wait in the stream; beyond it readings wait by meter. */
const WAITING_CHUNKS = 32;

type Sources = Pick<LiveHub, 'watch' | 'onConnection' | 'onClose' | 'connected'>;

/** @returns undefined when as many browsers follow live readings as may */
export function eventStream(
  hub: Sources,
  camp: { mission: string; camp: string },
  silences: SilenceWatch,
): ReadableStream<Uint8Array> | undefined {
  const encoder = new TextEncoder();
  /** by meter, and the rest under names that no meter can have */
  const waiting = new Map<string, string>();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  function flush(): void {
    for (const [name, text] of waiting) {
      if (controller === undefined || (controller.desiredSize ?? 0) <= 0) return;
      waiting.delete(name);
      controller.enqueue(encoder.encode(text));
    }
  }
  function send(name: string, event: string, data: LiveReading | LiveSilence | { connected: boolean }): void {
    waiting.set(name, `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    flush();
  }
  const tellBroker = (connected: boolean): void => {
    send('/broker', 'broker', { connected });
  };

  const stopWatching = hub.watch(camp, (reading) => {
    send(reading.meter, 'reading', reading);
  });
  if (stopWatching === undefined) return undefined;
  const stopSilences = silences.watch(camp, (silence) => {
    send(`/silence/${silence.meter}`, 'silence', silence);
  });
  const stopConnection = hub.onConnection(tellBroker);
  tellBroker(hub.connected);
  const stopClose = hub.onClose(() => {
    release();
    controller?.close();
  });

  function release(): void {
    clearInterval(heartbeat);
    waiting.clear();
    stopWatching?.();
    stopSilences();
    stopConnection();
    stopClose();
  }

  const heartbeat = setInterval(() => {
    if ((controller?.desiredSize ?? 0) > 0) controller?.enqueue(encoder.encode('event: beat\ndata: {}\n\n'));
  }, HEARTBEAT_MS);
  heartbeat.unref();

  return new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started;
        started.enqueue(encoder.encode(`retry: ${String(RETRY_MS)}\n\n`));
        flush();
      },
      pull: flush,
      cancel: release,
    },
    { highWaterMark: WAITING_CHUNKS },
  );
}
