/**
 * What meters publish in one run, and what has to come of it: new readings, corrections of the same instant,
 * duplicates, backlogs out of order, points the store refuses, messages nobody can read.
 */
import type { Quantity } from '../../../../src/lib/energy/quantity.ts';
import { meterRef, type MeterRef, type Reading, type Values } from '../../../../src/lib/energy/reading.ts';
import type { Decoded, InboundMessage } from '../../../../ingest/decode/message.ts';
import type { Random } from './random.ts';

export const START_AT = Date.UTC(2026, 10, 1);
const DAY_MS = 86_400_000;
const METERS = [meterRef('m', 'c', 'one'), meterRef('m', 'c', 'two'), meterRef('m', 'c', 'three')];
const INSTANTS = [0, 1, 2, 3, 4].map((index) => START_AT + index * (DAY_MS / 2));
const FIELDS: readonly Quantity[] = ['activePowerW', 'energyForwardWh'];
/** a value that the store refuses for ever */
const POISON = 666_000_000;

export interface Published {
  readonly qos: 0 | 1;
  /** undefined: a payload that nobody can read */
  readonly readings: readonly Reading[] | undefined;
  readonly text: string;
}

export interface Script {
  readonly messages: readonly Published[];
}

export function writeScript(random: Random): Script {
  const messages: Published[] = [];
  let value = 0;
  const count = random.between(15, 60);
  while (messages.length < count) {
    const last = messages.at(-1);
    if (last !== undefined && random.chance(0.1)) {
      messages.push(last);
    } else if (random.chance(0.06)) {
      messages.push({ qos: 1, readings: undefined, text: `unreadable ${String(messages.length)}` });
    } else {
      const qos = random.chance(0.08) ? 0 : 1;
      // Best effort has a meter of its own: what becomes of it says nothing about the others.
      const meters = qos === 0 ? [meterRef('m', 'c', 'best-effort')] : METERS;
      const readings = Array.from({ length: random.between(1, 3) }, () => {
        value += 1;
        return reading(random, meters, random.chance(0.04) ? POISON + value : value);
      });
      messages.push({ qos, readings, text: JSON.stringify(readings) });
    }
  }
  return { messages };
}

function reading(random: Random, meters: readonly MeterRef[], value: number): Reading {
  const values: Values = {};
  const fields = random.chance(0.3) ? [random.pick(FIELDS)] : FIELDS;
  for (const field of fields) values[field] = value;
  return { meter: random.pick(meters), at: random.pick(INSTANTS), values };
}

export function isPoison({ values }: Reading): boolean {
  return Object.values(values).some((value) => value >= POISON);
}

export function decodeSimulated(message: InboundMessage): Decoded {
  const text = Buffer.from(message.payload).toString();
  if (text.startsWith('[')) {
    return { readings: JSON.parse(text) as Reading[], rejections: [], ignoredKeys: 0 };
  }
  return { readings: [], rejections: [{ reason: 'payload-not-json', detail: 'no JSON' }], ignoredKeys: 0 };
}

/** Values by meter, instant and field; later ones replace earlier ones. */
export type Cells = Map<string, number>;

export function cellKey({ meter, at }: Reading, field: string): string {
  return `${meter.key} ${String(at)} ${field}`;
}

export function putReading(cells: Cells, reading: Reading): void {
  for (const [field, value] of Object.entries(reading.values)) cells.set(cellKey(reading, field), value);
}

/** What the store must hold when all is done. */
export function expectedCells(messages: readonly Published[]): Cells {
  const cells: Cells = new Map();
  for (const { qos, readings = [] } of messages) {
    if (qos === 0) continue;
    for (const each of readings) if (!isPoison(each)) putReading(cells, each);
  }
  return cells;
}
