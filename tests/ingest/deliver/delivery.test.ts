/** Stories that the simulation does not tell: shutting down, listeners that stumble, best effort, counting. */
import { describe, expect, it } from 'vitest';
import { meterRef, type Reading } from '../../../src/lib/energy/reading.ts';
import { inTransaction, openDatabase } from '../../../src/lib/server/database.ts';
import { AppError } from '../../../src/lib/server/errors.ts';
import type { InboundMessage } from '../../../ingest/decode/message.ts';
import type { DeliveryFault, DeliveryParts } from '../../../ingest/deliver/contract.ts';
import { createDeadLetters } from '../../../ingest/deliver/dead-letters.ts';
import { createDelivery } from '../../../ingest/deliver/delivery.ts';
import { createSpool } from '../../../ingest/deliver/spool.ts';
import { JOURNAL_MIGRATIONS } from '../../../ingest/journal.ts';
import { seededRandom } from './simulation/random.ts';
import { createVirtualTime } from './simulation/virtual-time.ts';

const METER = meterRef('m', 'c', 'genset-1');
const START_AT = Date.UTC(2026, 10, 1);
const unavailable = new AppError('STORE_UNAVAILABLE', '503', { retryable: true });
const refused = new AppError('STORE_REFUSED', '401', { retryable: false });

function setUp(parts: Partial<DeliveryParts> = {}) {
  const time = createVirtualTime(START_AT, seededRandom(1));
  const journal = openDatabase({ file: ':memory:', migrations: JOURNAL_MIGRATIONS });
  const letters = createDeadLetters(journal, 1_000_000);
  const spool = createSpool(journal, 1_000_000);
  const written: number[][] = [];
  const settled: number[] = [];
  const faults: DeliveryFault[] = [];
  const weather: { fault: Error | undefined; stallMs: number } = { fault: undefined, stallMs: 10 };
  const delivery = createDelivery({
    decode: ({ payload }) => ({
      readings: [{ meter: METER, at: START_AT, values: { activePowerW: Number(payload.toString()) } }],
      rejections: [],
      ignoredKeys: 0,
    }),
    writeReadings: (readings) =>
      new Promise((resolve, reject) => {
        time.after(weather.stallMs, () => {
          if (weather.fault !== undefined) {
            reject(weather.fault);
            return;
          }
          written.push(readings.map(({ values }) => values.activePowerW ?? NaN));
          resolve({ rejected: readings.filter(isRefused).map((reading) => ({ reading, reason: 'no' })) });
        });
      }),
    inJournal: (work) => {
      inTransaction(journal, work);
    },
    letters,
    spool,
    marks: { needed: () => [], write: () => undefined, recount: () => undefined },
    onStored: () => undefined,
    onDecoded: () => undefined,
    onFault: (fault) => faults.push(fault),
    clock: time.clock,
    limits: { receiveMaximum: 10, batchReadings: 100, pendingBytes: 1_000, spoolAfterMs: 5_000 },
    ...parts,
  });
  function receive(...numbers: number[]): void {
    for (const number of numbers) receiveOne(number, 1);
  }
  function receiveOne(number: number, qos: 0 | 1): void {
    const payload = Buffer.from(String(number));
    delivery.receive({ topic: 't', payload, retain: false, receivedAt: time.now(), qos }, () =>
      settled.push(number),
    );
  }
  return { time, letters, spool, written, settled, faults, weather, delivery, receive, receiveOne };
}

/** negative numbers are what this store can never take */
function isRefused({ values }: Reading): boolean {
  return (values.activePowerW ?? 0) < 0;
}

describe('batches', () => {
  it('collects what arrives during a write and sends it whole, without a timer', async () => {
    const { time, written, settled, receive } = setUp();
    receive(1, 2);
    await time.step();
    receive(3, 4, 5);
    await time.runUntil(START_AT + 100);
    expect(written).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(settled).toEqual([1, 2, 3, 4, 5]);
  });

  it('counts what was written once, however often it was tried', async () => {
    const { time, weather, delivery, receive } = setUp();
    weather.fault = unavailable;
    receive(1, -2);
    await time.runUntil(START_AT + 2_000);
    weather.fault = undefined;
    await time.runUntil(START_AT + 60_000);
    expect(delivery.counters).toMatchObject({
      received: 2,
      acknowledged: 2,
      committedReadings: 1,
      deadLetters: 1,
    });
    expect(delivery.counters.rejected.get('store-refused')).toBe(1);
  });

  it('does not count what a failed transaction took back', async () => {
    let isFailing = true;
    const { time, delivery, letters, receive } = setUp({
      inJournal: (work) => {
        work();
        if (isFailing) throw new AppError('DISK_FULL', 'no room', { retryable: true });
      },
    });
    receive(1, -2);
    await time.runUntil(START_AT + 2_000);
    expect(delivery.counters).toMatchObject({ committedReadings: 0, deadLetters: 0, acknowledged: 0 });
    isFailing = false;
    await time.runUntil(START_AT + 60_000);
    expect(delivery.counters).toMatchObject({ committedReadings: 1, deadLetters: 1, acknowledged: 2 });
    expect(letters.list({ limit: 100 }).at(-1)).toMatchObject({ reason: 'store-refused', detail: 'no' });
  });

  it('knows that an outage is over that only a dead letter met', async () => {
    let isFailing = true;
    const { time, delivery, settled, receive } = setUp({
      decode: () => ({
        readings: [],
        rejections: [{ reason: 'payload-not-json', detail: 'no JSON' }],
        ignoredKeys: 0,
      }),
      inJournal: (work) => {
        work();
        if (isFailing) throw new AppError('DISK_FULL', 'no room', { retryable: true });
      },
    });
    receive(1);
    await time.runUntil(START_AT + 8_000);
    expect(delivery.status().state).toBe('waiting');
    isFailing = false;
    await time.runUntil(START_AT + 60_000);
    expect(settled).toEqual([1]);
    expect(delivery.status().state).toBe('direct');
  });

  it('spools at once after a try that waited longer for an answer than an outage may last', async () => {
    const { time, weather, settled, spool, receive } = setUp();
    weather.fault = unavailable;
    weather.stallMs = 10_000;
    receive(1);
    await time.runUntil(START_AT + 10_000 + 1_000);
    expect(settled).toEqual([1]);
    expect(spool.isEmpty()).toBe(false);
  });

  it('reaches a store that is back although the spool has no room, and says meanwhile what is wrong', async () => {
    const { time, weather, settled, delivery, receive } = setUp({
      inJournal: () => {
        throw new AppError('DISK_FULL', 'no room', { retryable: true });
      },
    });
    weather.fault = unavailable;
    receive(1);
    await time.runUntil(START_AT + 8_000);
    expect(delivery.counters.diskFault).toBe('no room');
    weather.fault = undefined;
    await time.runUntil(START_AT + 120_000);
    expect(settled).toEqual([1]);
    expect(delivery.counters.diskFault).toBeNull();
    expect(delivery.status().state).toBe('direct');
  });

  it('tells the accounts of what is in the store, and of nothing else', async () => {
    const told: number[] = [];
    const { time, receive } = setUp({
      onStored: (readings) => told.push(...readings.map(({ values }) => values.activePowerW ?? NaN)),
    });
    receive(1, -2, 3);
    await time.runUntil(START_AT + 100);
    expect(told).toEqual([1, 3]);
  });
});

describe('whoever stumbles', () => {
  it('a listener that throws neither keeps messages back nor has them written twice', async () => {
    const stumble = (): never => {
      throw new Error('stumbled');
    };
    const { time, written, settled, faults, receive } = setUp({ onStored: stumble, onDecoded: stumble });
    receive(1, 2);
    await time.runUntil(START_AT + 60_000);
    expect(written).toEqual([[1, 2]]);
    expect(settled).toEqual([1, 2]);
    expect(faults.map(({ message }) => message)).toEqual(['stumbled', 'stumbled', 'stumbled']);
  });

  it('a message on which the decoder fails is kept as a dead letter, and the others go on', async () => {
    const { time, settled, letters, receive, written } = setUp({
      decode({ payload }) {
        if (payload.toString() === '13') throw new RangeError('too deep');
        return {
          readings: [{ meter: METER, at: 0, values: { activePowerW: 1 } }],
          rejections: [],
          ignoredKeys: 0,
        };
      },
    });
    receive(12, 13, 14);
    await time.runUntil(START_AT + 100);
    expect(settled).toEqual([12, 13, 14]);
    expect(written).toEqual([[1, 1]]);
    expect(letters.list({ limit: 9 })).toMatchObject([
      { detail: 'The decoder failed on this message: too deep', message: { topic: 't' } },
    ]);
  });

  it('one acknowledgement that throws does not keep back the others', async () => {
    const { time, delivery, settled, receive } = setUp();
    const message: InboundMessage = {
      topic: 't',
      payload: Buffer.from('1'),
      retain: false,
      receivedAt: START_AT,
    };
    delivery.receive(message, () => {
      throw new Error('no stream');
    });
    receive(2);
    await time.runUntil(START_AT + 100);
    expect(settled).toEqual([2]);
    expect(delivery.status()).toMatchObject({ unacknowledged: 0, pendingBytes: 0, oldestAt: null });
  });

  it('a report that throws does not end delivery', async () => {
    const { time, weather, settled, receive } = setUp({
      onFault() {
        throw new Error('the log is full');
      },
    });
    weather.fault = unavailable;
    receive(1);
    await time.runUntil(START_AT + 1_000);
    weather.fault = undefined;
    await time.runUntil(START_AT + 60_000);
    expect(settled).toEqual([1]);
  });
});

describe('best effort', () => {
  it('is dropped and counted when there is no room, and let go at once', () => {
    const { delivery, settled, receive, receiveOne } = setUp();
    receive(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    receiveOne(11, 0);
    expect(settled).toEqual([11]);
    expect(delivery.counters).toMatchObject({ receivedQos0: 1, droppedQos0: 1 });
    expect(delivery.status().unacknowledged).toBe(10);
  });
});

describe('a connection that comes and goes while the store is held', () => {
  it('I5: piles up no copies beyond three windows', async () => {
    const { time, weather, delivery, receive } = setUp();
    weather.fault = refused;
    const window = Array.from({ length: 10 }, (_, index) => index);
    for (let connection = 0; connection < 50; connection += 1) {
      delivery.expectRedelivery();
      receive(...window);
      await time.runUntil(time.now() + 60_000);
      expect(delivery.status().unacknowledged).toBeLessThanOrEqual(30);
    }
    weather.fault = undefined;
    await time.runUntil(time.now() + 60_000);
    expect(delivery.status()).toEqual({
      state: 'direct',
      unacknowledged: 0,
      pendingBytes: 0,
      oldestAt: null,
    });
  });
});

describe('ending', () => {
  it('does not wait for a retry that sleeps, but spools at once', async () => {
    const { time, weather, spool, settled, delivery, receive } = setUp();
    weather.fault = unavailable;
    receive(1);
    await time.runUntil(START_AT + 1_000);
    const flushed = delivery.flush(8_000);
    await time.runUntil(START_AT + 1_500);
    expect(await flushed).toBe(true);
    expect(settled).toEqual([1]);
    expect(spool.status().readings).toBe(1);
  });

  it('gives up as soon as it is clear that only a person can help', async () => {
    const { time, weather, settled, delivery, receive } = setUp();
    weather.fault = refused;
    receive(1);
    await time.runUntil(START_AT + 1_000);
    const flushed = delivery.flush(8_000);
    await time.runUntil(START_AT + 1_500);
    expect(await flushed).toBe(false);
    expect(settled).toEqual([]);
  });

  it('gives up in time when the store does not answer at all', async () => {
    const { time, weather, delivery, receive } = setUp();
    weather.stallMs = 60_000;
    receive(1);
    await time.runUntil(START_AT + 10);
    const flushed = delivery.flush(8_000);
    await time.runUntil(START_AT + 8_010);
    expect(await flushed).toBe(false);
  });

  it('has nothing to wait for when all is durable', async () => {
    const { delivery } = setUp();
    expect(await delivery.flush(8_000)).toBe(true);
  });

  it('touches neither journal nor sender once it has stopped, whatever still comes back', async () => {
    let transactions = 0;
    const { time, weather, settled, faults, delivery, receive, written } = setUp({
      inJournal(work) {
        transactions += 1;
        work();
      },
    });
    weather.stallMs = 5_000;
    receive(-1);
    await time.runUntil(START_AT + 10);
    delivery.stop();
    receive(2);
    await time.runUntil(START_AT + 60_000);
    expect(written).toEqual([[-1]]);
    expect({ transactions, settled, faults }).toEqual({ transactions: 0, settled: [], faults: [] });
    expect(delivery.counters.received).toBe(1);
  });

  it('leaves nothing running that would keep the process', async () => {
    const { time, weather, delivery, receive } = setUp();
    weather.fault = unavailable;
    receive(1);
    await time.runUntil(START_AT + 30_000);
    delivery.stop();
    const writes = delivery.counters.writeFailures;
    await time.runUntil(START_AT + 600_000);
    expect(delivery.counters.writeFailures).toBe(writes);
    expect(await time.step()).toBe(false);
  });
});
