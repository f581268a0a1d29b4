/**
 * What a change of the registry would restate, answered to the dashboard: one preview at a time, in a thread of its own with
 * bounds on time and memory, so that messages are taken as before whatever is asked. Changes nothing.
 */
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Registry } from '#lib/registry/types.ts';
import type { RestatementPreview } from '#lib/server/restatement/preview.ts';
import type { Settings } from '#lib/server/settings.ts';

export interface PreviewTask {
  readonly before: Registry;
  readonly after: Registry;
  readonly settings: Settings;
}

/** `running`: ask again; `busy`: another is being worked out; `failed`: with what went wrong, in a line. */
export type PreviewAnswer =
  | { readonly state: 'running' | 'busy' | 'too-long' | 'too-large' }
  | { readonly state: 'other-version'; readonly version: number }
  | { readonly state: 'failed'; readonly problem: string }
  | { readonly state: 'done'; readonly preview: RestatementPreview };

const PREVIEW_MS_MAX = 120_000;
const PREVIEW_MB_MAX = 512;
/** Readings go on arriving: an answer is good for as long as somebody looks at it. */
const KEPT_MS = 60_000;
const KEPT_ANSWERS = 8;
/** Of an answer: what a page shows, with years of months of many missions. */
const LISTED_MAX = 500;

export interface PreviewRoomParts {
  readonly settings: Settings;
  readonly inForce: () => { readonly version: number; readonly registry: Registry };
  /** replaced in tests */
  readonly limits?: { readonly ms: number; readonly mb: number };
}

interface Kept {
  readonly answer: PreviewAnswer;
  readonly at: number;
}

export class PreviewRoom {
  readonly #parts: PreviewRoomParts;
  readonly #kept = new Map<string, Kept>();
  #running: { readonly key: string; readonly thread: Worker } | undefined;

  constructor(parts: PreviewRoomParts) {
    this.#parts = parts;
  }

  /** The answer to `/registry/preview` as JSON; undefined for an address that is another's, or for what is no question. */
  answer({ path, body, now }: { path: string; body: string; now: number }): PreviewAnswer | undefined {
    if (path !== '/registry/preview') return undefined;
    const question = questionOf(body);
    if (question === undefined) return undefined;
    const { version, registry: before } = this.#parts.inForce();
    if (version !== question.version) return { state: 'other-version', version };
    const key = createHash('sha256').update(body).digest('hex');
    const kept = this.#kept.get(key);
    if (kept !== undefined && now - kept.at < KEPT_MS) return kept.answer;
    if (this.#running !== undefined) return { state: this.#running.key === key ? 'running' : 'busy' };
    this.#begin(key, { before, after: question.registry, settings: this.#parts.settings });
    return { state: 'running' };
  }

  async close(): Promise<void> {
    await this.#running?.thread.terminate();
  }

  #begin(key: string, task: PreviewTask): void {
    const { ms, mb } = this.#parts.limits ?? { ms: PREVIEW_MS_MAX, mb: PREVIEW_MB_MAX };
    const thread = new Worker(new URL('./preview-thread.ts', import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: mb },
    });
    this.#running = { key, thread };
    let answer: PreviewAnswer = { state: 'failed', problem: 'The preview ended without an answer.' };
    const limit = setTimeout(() => {
      answer = { state: 'too-long' };
      void thread.terminate();
    }, ms);
    thread.on('message', (preview: RestatementPreview) => {
      answer = { state: 'done', preview: shortened(preview) };
    });
    thread.on('error', (error: Error & { code?: string }) => {
      const isTooLarge = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      answer = isTooLarge
        ? { state: 'too-large' }
        : { state: 'failed', problem: error.message.slice(0, 300) };
    });
    thread.on('exit', () => {
      clearTimeout(limit);
      this.#running = undefined;
      this.#kept.set(key, { answer, at: Date.now() });
      for (const oldest of [...this.#kept.keys()].slice(0, -KEPT_ANSWERS)) this.#kept.delete(oldest);
    });
  }
}

function shortened({ meters, camps, months }: RestatementPreview): RestatementPreview {
  return {
    meters: meters.slice(0, LISTED_MAX),
    camps: camps.slice(0, LISTED_MAX),
    months: months.slice(0, LISTED_MAX),
  };
}

/** The dashboard sends a registry that it has read by the rules of the file; anything else is no question. */
function questionOf(body: string): { version: number; registry: Registry } | undefined {
  try {
    const asked = JSON.parse(body) as { version?: unknown; registry?: unknown } | null;
    const { version, registry } = asked ?? {};
    return typeof version === 'number' && typeof registry === 'object' && registry !== null
      ? { version, registry: registry as Registry }
      : undefined;
  } catch {
    return undefined;
  }
}
