/**
 * What the worker finds out about meters that fell silent, as it reaches pages that are open: the file it writes is looked
 * at once a second while anybody watches. A last will is news at once, and not only when a reading is overdue.
 */
import { parseMeterKey } from '../../energy/reading.ts';
import type { MeterSilence, SilenceCause } from '../../energy/silence.ts';

/** As browsers receive it. Nulls: the meter is no longer known to be silent. */
export interface LiveSilence {
  readonly mission: string;
  readonly camp: string;
  readonly meter: string;
  /** RFC 3339, UTC */
  readonly since: string | null;
  readonly cause: SilenceCause | null;
}

type Listener = (silence: LiveSilence) => void;

export interface SilenceWatch {
  /** Hears which of the camp's meters are known to be silent at once, then what changes; returns the way to stop. */
  watch(camp: { mission: string; camp: string }, listener: Listener): () => void;
}

interface Watcher {
  readonly prefix: string;
  readonly listener: Listener;
  /** what it was told, as one text a meter */
  readonly told: Map<string, string>;
}

/** @param current the same map until something changes; may throw, and is then asked again a round later */
export function createSilenceWatch(
  current: () => ReadonlyMap<string, MeterSilence>,
  everyMs = 1_000,
): SilenceWatch {
  const watchers = new Set<Watcher>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let looked: ReadonlyMap<string, MeterSilence> | undefined;

  function read(): ReadonlyMap<string, MeterSilence> | undefined {
    try {
      return current();
    } catch {
      return undefined;
    }
  }
  function look(): void {
    const known = read();
    if (known === undefined || known === looked) return;
    looked = known;
    for (const watcher of watchers) tell(watcher, known);
  }

  return {
    watch({ mission, camp }, listener) {
      const watcher: Watcher = { prefix: `${mission}/${camp}/`, listener, told: new Map() };
      watchers.add(watcher);
      timer ??= setInterval(look, everyMs).unref();
      const known = read();
      if (known !== undefined) tell(watcher, known);
      return () => {
        watchers.delete(watcher);
        if (watchers.size > 0) return;
        clearInterval(timer);
        timer = undefined;
        looked = undefined;
      };
    },
  };
}

function tell({ prefix, listener, told }: Watcher, known: ReadonlyMap<string, MeterSilence>): void {
  for (const [key, { silent }] of known) {
    if (!key.startsWith(prefix)) continue;
    const text = silent === null ? '' : `${silent.cause} ${String(silent.since)}`;
    // A meter that speaks is the rule: that it does is only news after it did not.
    if ((told.get(key) ?? '') === text) continue;
    told.set(key, text);
    const ref = parseMeterKey(key);
    if (ref === undefined) continue;
    const { mission, camp, meter } = ref;
    const since = silent === null ? null : new Date(silent.since).toISOString();
    listener({ mission, camp, meter, since, cause: silent?.cause ?? null });
  }
}
