/** Plays a schedule on real processes, whoever they are: publishes its messages, and kills and strikes as it says. */
import { setTimeout as pause } from 'node:timers/promises';
import { parseRegistry } from '#lib/registry/parse.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { Proxy } from './proxy.ts';
import type { Publisher } from './publisher.ts';
import {
  METERS,
  missionOf,
  type Act,
  type Kill,
  type LinkName,
  type Part,
  type Schedule,
} from './schedule.ts';

/** What can be killed, and the links that can be struck. */
export interface Cast {
  readonly worker: Pick<ServerProcess, 'kill' | 'restart'>;
  /** undefined where the worker is its own broker and keeps its own store */
  readonly broker: Pick<ServerProcess, 'kill' | 'restart'> | undefined;
  readonly influx: Pick<ServerProcess, 'kill' | 'restart'> | undefined;
  readonly links: Readonly<Partial<Record<LinkName, Proxy>>>;
  /** whether the worker has been seen to spool; undefined for one that is not known to */
  readonly hasSpooled?: () => boolean;
}

const TURN_MS = 20;
/** A worker that has not spooled after so much longer never will, and the play goes on. */
const SPOOLS_WITHIN_MS = 20_000;

/** Each seed is a mission with one camp and all meters. */
export function registerMissions(dataDir: string, seeds: readonly number[]): void {
  const meters = METERS.map((meter) => `          ${meter}: { source: solar }`).join('\n');
  const missions = seeds.map(
    (seed) => `  ${missionOf(seed)}:
    name: Seed ${String(seed)}
    zone: Africa/Juba
    camps:
      camp:
        name: Camp
        meters:\n${meters}`,
  );
  const parsed = parseRegistry(`missions:\n${missions.join('\n')}\n`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const store = openRegistryStore(dataDir);
  store.save(parsed.registry, { author: 'test', reason: 'seeds', savedAt: Date.now() });
  store.close();
}

/** Spread evenly over the time that the schedule gives them. */
export async function publishAll(publisher: Publisher, { messages, publishMs }: Schedule): Promise<void> {
  const startedAt = Date.now();
  let next = 0;
  while (next < messages.length) {
    const due = Math.ceil((messages.length * (Date.now() - startedAt)) / publishMs);
    for (const message of messages.slice(next, due)) publisher.send(message);
    next = Math.max(next, due);
    await pause(TURN_MS);
  }
}

/** Each process has its own line of acts; two deaths of one process follow each other. */
export async function perform(cast: Cast, acts: readonly Act[], publisher: Publisher): Promise<void> {
  const startedAt = Date.now();
  const lines = new Map<Part, Promise<void>>();
  for (const act of acts) {
    await pause(Math.max(0, startedAt + act.atMs - Date.now()));
    if (act.kind === 'strike') {
      cast.links[act.link]?.strike(act.fault);
      continue;
    }
    // Right after it has promised something is the worst moment for an embedded broker to die.
    if (cast.broker === undefined) await Promise.race([publisher.nextAcknowledgement(), pause(200)]);
    lines.set(
      act.part,
      (lines.get(act.part) ?? Promise.resolve()).then(() => kill(cast, act)),
    );
  }
  await Promise.all(lines.values());
}

async function kill(cast: Cast, { part, forMs, spooledBefore }: Kill): Promise<void> {
  const victim = cast[part];
  if (victim === undefined) throw new Error(`there is no ${part} on this stage`);
  if (spooledBefore === 'death') await spooled(cast);
  await victim.kill();
  await pause(forMs);
  if (spooledBefore === 'start') await spooled(cast);
  await victim.restart();
}

/** A busy machine may hold the worker up; what is to be seen is what becomes of a spool, not how soon there is one. */
async function spooled({ hasSpooled }: Cast): Promise<void> {
  if (hasSpooled === undefined) return;
  for (const deadline = Date.now() + SPOOLS_WITHIN_MS; !hasSpooled() && Date.now() < deadline;) {
    await pause(TURN_MS);
  }
}
