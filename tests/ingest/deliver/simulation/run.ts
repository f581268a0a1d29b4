/**
 * One run: a script of messages, a weather of faults, crashes, lost connections and clean restarts, all from
 * one seed. Returns what broke the invariants of delivery; nothing when all held.
 */
import type { DatabaseSync } from 'node:sqlite';
import { inflateRawSync } from 'node:zlib';
import {
  parseMeterKey,
  type MeterRef,
  type Reading,
  type Values,
} from '../../../../src/lib/energy/reading.ts';
import { openDatabase, type Row } from '../../../../src/lib/server/database.ts';
import { JOURNAL_MIGRATIONS } from '../../../../ingest/journal.ts';
import { createFaultStore, WEATHERS } from './fault-store.ts';
import {
  cellKey,
  expectedCells,
  isPoison,
  putReading,
  START_AT,
  writeScript,
  type Cells,
  type Published,
} from './publishers.ts';
import { seededRandom } from './random.ts';
import { SessionBroker } from './session-broker.ts';
import { createVirtualTime } from './virtual-time.ts';
import { startLife, type JournalWeather, type WorkerLife } from './worker-life.ts';

const HEALED_WITHIN_STEPS = 20_000;
/** All that was published comes once more in one seed of so many: it takes as long as the run itself. */
const REPEATED_EVERY = 3;

export interface RunReport {
  readonly complaints: readonly string[];
  readonly crashes: number;
  readonly spooled: number;
  readonly held: number;
  /** messages that came once more after all was healed */
  readonly repeated: number;
}

export async function simulate(seed: number): Promise<RunReport> {
  const random = seededRandom(seed);
  const time = createVirtualTime(START_AT, random);
  const script = writeScript(random);
  const file = openDatabase({ file: ':memory:', migrations: JOURNAL_MIGRATIONS });
  const journal = readerOf(file);
  const journalWeather: JournalWeather = { failing: 0, deadly: 0 };
  const complaints: string[] = [];
  const receiveMaximum = random.between(1, 12);
  const spoolMaxBytes = random.pick([0, 150, 2_000, 1_000_000, 1_000_000]);
  const tally = { crashes: 0, spooled: 0, held: 0, repeated: 0 };
  const acknowledged: Published[] = [];
  let isHeld = false;

  const store = createFaultStore(time, random);
  const broker = new SessionBroker({
    time,
    random,
    receiveMaximum,
    complain: (what) => complaints.push(what),
    onAcknowledged(messages) {
      acknowledged.push(...messages);
      if (isHeld && messages.some(({ readings }) => readings !== undefined)) {
        complaints.push('I7: acknowledged while only a person can mend the store');
      }
      complaints.push(...missing(journal, store.cells, messages));
    },
  });
  let life = live();
  connect();

  function live(): WorkerLife {
    isHeld = false;
    return startLife({
      time,
      random,
      journal: file,
      journalWeather,
      store,
      receiveMaximum,
      spoolMaxBytes,
      onFault({ state }) {
        if (state === 'held') tally.held += 1;
        if (state === 'spooling') tally.spooled += 1;
      },
      onAnswer(answer) {
        isHeld = answer === 'fault to mend';
      },
      onCrash() {
        tally.crashes += 1;
        broker.disconnect();
        complaints.push(...missing(journal, store.cells, acknowledged).map((what) => `at a crash: ${what}`));
        // Longer than any request that was on its way to the store.
        time.after(random.between(100, 3_000), () => {
          life = live();
          connect();
        });
      },
    });
  }

  function connect(): void {
    const { delivery, isDead } = life;
    if (isDead()) return;
    delivery.expectRedelivery();
    broker.connect((message, settled) => {
      delivery.receive(message, settled);
      if (delivery.status().unacknowledged > 3 * receiveMaximum) complaints.push('I5: too much in hand');
    });
  }

  function stopCleanly(): void {
    const { delivery, isDead, crash } = life;
    if (isDead()) return;
    broker.connect(() => undefined);
    void delivery.flush(random.between(0, 8_000)).then((isWhole) => {
      if (isDead()) return;
      if (isWhole !== (delivery.status().unacknowledged === 0)) complaints.push('flush tells what is not so');
      delivery.stop();
      crash();
    });
  }

  function trouble(): void {
    switch (random.between(0, 6)) {
      case 0:
      case 1:
      case 2:
        store.weather = random.pick(WEATHERS);
        return;
      case 3:
        journalWeather.failing = random.pick([0, 0, 0.3, 1]);
        journalWeather.deadly = random.pick([0, 0, 0.2]);
        return;
      case 4:
        life.crash();
        return;
      case 5:
        broker.disconnect();
        time.after(random.between(0, 4_000), connect);
        return;
      case 6:
        stopCleanly();
    }
  }

  let at = 0;
  for (const message of script.messages) {
    at += random.chance(0.7) ? random.between(0, 20) : random.between(0, 4_000);
    time.after(at, () => {
      broker.publish(message);
    });
  }
  for (let count = random.between(0, 14); count > 0; count -= 1)
    time.after(random.between(0, at + 10_000), trouble);
  await time.runUntil(START_AT + at + 10_000);

  store.weather = 'fair';
  journalWeather.failing = 0;
  journalWeather.deadly = 0;
  let steps = 0;
  await comeToRest();
  complaints.push(...afterHealing());
  if (complaints.length === 0 && seed % REPEATED_EVERY === 0) complaints.push(...(await afterRepetition()));
  file.close();
  return { complaints: [...new Set(complaints)], ...tally };

  async function comeToRest(): Promise<void> {
    for (steps = 0; steps < HEALED_WITHIN_STEPS && (await time.step());) steps += 1;
  }

  /** All comes again, as from a publisher that forgot what was acknowledged. */
  async function afterRepetition(): Promise<string[]> {
    const before = JSON.stringify([...store.cells].sort());
    const letters = journal.letters().length;
    for (const message of script.messages) if (message.qos === 1) broker.publish(message);
    tally.repeated += script.messages.length;
    await comeToRest();
    const found = afterHealing();
    if (JSON.stringify([...store.cells].sort()) !== before) found.push('I3: the store changed');
    if (journal.letters().length !== letters) found.push('I3: there are other dead letters');
    return found;
  }

  function afterHealing(): string[] {
    const found: string[] = [];
    const { state, unacknowledged, pendingBytes, oldestAt } = life.delivery.status();
    if (steps >= HEALED_WITHIN_STEPS) found.push('I11: never comes to rest');
    if (!broker.isEmpty) found.push('I11: the broker still holds messages');
    if (journal.spooled().length > 0) found.push('I11: the spool is not drained');
    if (state !== 'direct' || unacknowledged + pendingBytes !== 0 || oldestAt !== null) {
      found.push(`I11: not at rest: ${JSON.stringify(life.delivery.status())}`);
    }
    found.push(...missing(journal, store.cells, script.messages));
    found.push(...differences(store.cells, expectedCells(script.messages)));
    return found;
  }
}

interface JournalReader {
  spooled(): Reading[];
  letters(): { reason: string; topic: string; text: string }[];
  /** whether the accounts would take in this meter's day after a crash */
  isMarked(reading: Reading): boolean;
}

/** Reads the file itself, not what the rooms believe of it. */
function readerOf(file: DatabaseSync): JournalReader {
  const spool = file.prepare('SELECT body FROM spool ORDER BY id');
  const letters = file.prepare(
    'SELECT DISTINCT reason, topic, CAST(payload AS TEXT) AS text FROM dead_letter',
  );
  const mark = file.prepare('SELECT 1 FROM dirty_day WHERE meter = ? AND from_day <= ? AND to_day >= ?');
  return {
    spooled: () =>
      (spool.all() as Row[]).flatMap(({ body }) => {
        const plain = JSON.parse(inflateRawSync(body as Uint8Array).toString()) as [string, number, Values][];
        return plain.map(([key, at, values]) => ({ meter: parseMeterKey(key) as MeterRef, at, values }));
      }),
    letters: () =>
      (letters.all() as Row[]).map(({ reason, topic, text }) => ({
        reason: String(reason),
        topic: String(topic),
        text: String(text),
      })),
    isMarked({ meter, at }) {
      const day = Math.floor(at / 86_400_000);
      return mark.get(meter.key, day, day) !== undefined;
    },
  };
}

/** What of `messages`, all acknowledged, is nowhere; and what is stored that the accounts would not take in. */
function missing(journal: JournalReader, stored: Cells, messages: readonly Published[]): string[] {
  const wanted = expectedCells(messages);
  const unreadable = new Set<string>();
  const refused = new Set<string>();
  for (const { reason, topic, text } of journal.letters()) {
    if (reason === 'store-refused') refused.add(`${topic} ${text}`);
    else unreadable.add(text);
  }
  const effective: Cells = new Map(stored);
  const spooled = journal.spooled();
  for (const reading of spooled) putReading(effective, reading);
  const found: string[] = [];
  for (const [key, value] of wanted) {
    if ((effective.get(key) ?? -1) < value)
      found.push(`I1: ${key} = ${String(value)} was acknowledged and is nowhere`);
  }
  for (const { qos, readings, text } of messages) {
    if (qos === 0) continue;
    if (readings === undefined && !unreadable.has(text))
      found.push('I1: no dead letter of an unreadable message');
    for (const reading of readings ?? []) {
      const { meter, at, values } = reading;
      const isSpooled = spooled.some((other) => cellKey(other, '') === cellKey(reading, ''));
      if (isPoison(reading)) {
        const letter = `bluewatt/${meter.key}/reading ${JSON.stringify({ at, ...values })}`;
        if (!refused.has(letter) && !isSpooled) found.push('I6: no dead letter of a point the store refused');
      } else if (!isSpooled && !journal.isMarked(reading)) {
        found.push(`the accounts would not take in ${meter.key} ${String(at)}`);
      }
    }
  }
  return found;
}

function differences(stored: Cells, wanted: Cells): string[] {
  const found: string[] = [];
  for (const [key, value] of wanted) {
    if (stored.get(key) !== value)
      found.push(`I2: ${key} is ${String(stored.get(key))}, not ${String(value)}`);
  }
  for (const key of stored.keys()) {
    if (!wanted.has(key) && !key.includes('best-effort')) found.push(`I2: ${key} was never published`);
  }
  return found;
}
