/**
 * Sparkplug B payloads: bytes → metrics as they are on the wire, and the one payload that a host sends, the request to be
 * born again. Written by hand from the published `sparkplug_b.proto`: docs/decisions/0017 says why.
 * Source: Eclipse Sparkplug 3.0.0, sections 6.4.1 to 6.4.17.
 */
import { WIRE, WireFault, WireReader } from './protobuf.ts';

/** More than any edge node has in one message. */
const METRICS_MAX = 10_000;
const NAME_CHARS_MAX = 1_024;

/** Section 6.4.16. Those whose number on the wire needs the type to be read. */
export const DATA_TYPE = { int8: 1, int16: 2, int32: 3, int64: 4, boolean: 11 } as const;

/** A number as it stands on the wire, or something that is none. */
export type WireValue =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'long'; readonly unsigned: number; readonly signed: number }
  | { readonly kind: 'plain'; readonly value: number | string | boolean }
  | { readonly kind: 'other' };

export interface WireMetric {
  readonly name: string | undefined;
  readonly alias: number | undefined;
  /** epoch ms */
  readonly at: number | undefined;
  readonly dataType: number | undefined;
  readonly isHistorical: boolean;
  /** null by its flag, or by a quality that is not good */
  readonly isNull: boolean;
  readonly value: WireValue | undefined;
}

export interface SparkplugPayload {
  /** epoch ms */
  readonly at: number | undefined;
  /** 0..255 */
  readonly seq: number | undefined;
  readonly metrics: readonly WireMetric[];
}

const QUALITY = 'Quality';
/**
 * Section 6.4.9 knows three: 192 good; 0 bad and 500 stale say that the value does not hold. Drivers pass on OPC's byte
 * as well, whose two highest bits say good: 216 is a value set by hand.
 */
const GOOD = { from: 192, to: 255 };

/** @throws WireFault */
export function readSparkplug(bytes: Uint8Array): SparkplugPayload {
  const reader = new WireReader(bytes);
  let at: number | undefined;
  let seq: number | undefined;
  const metrics: WireMetric[] = [];
  while (!reader.isAtEnd) {
    const { field, wire } = reader.tag();
    if (field === 1 && wire === WIRE.varint) at = reader.unsigned();
    else if (field === 2 && wire === WIRE.bytes) {
      if (metrics.length >= METRICS_MAX) throw new WireFault(`it has more than ${METRICS_MAX} metrics`);
      metrics.push(readMetric(reader.message()));
    } else if (field === 3 && wire === WIRE.varint) seq = reader.unsigned();
    else reader.leave(wire);
  }
  return { at, seq, metrics };
}

function readMetric(reader: WireReader): WireMetric {
  let name: string | undefined;
  let alias: number | undefined;
  let at: number | undefined;
  let dataType: number | undefined;
  let [isHistorical, isNull] = [false, false];
  let value: WireValue | undefined;
  while (!reader.isAtEnd) {
    const { field, wire } = reader.tag();
    if (field === 1 && wire === WIRE.bytes) name = reader.text().slice(0, NAME_CHARS_MAX);
    else if (field === 9 && wire === WIRE.bytes) isNull = !isGood(reader.message()) || isNull;
    else if (field >= 10) value = readValue(reader, field, wire);
    else if (wire !== WIRE.varint) reader.leave(wire);
    else if (field === 2) alias = reader.unsigned();
    else if (field === 3) at = reader.unsigned();
    else if (field === 4) dataType = reader.uint32();
    else if (field === 5) isHistorical = reader.uint32() !== 0;
    else if (field === 7) isNull = reader.uint32() !== 0 || isNull;
    else reader.leave(wire);
  }
  return { name, alias, at, dataType, isHistorical, isNull, value };
}

function readValue(reader: WireReader, field: number, wire: number): WireValue {
  if (field === 10 && wire === WIRE.varint) return { kind: 'int', value: reader.uint32() };
  if (field === 11 && wire === WIRE.varint) {
    const signed = reader.signed64();
    return { kind: 'long', signed, unsigned: signed < 0 ? signed + 2 ** 64 : signed };
  }
  if (field === 12 && wire === WIRE.fixed32) return { kind: 'plain', value: shortest(reader.float()) };
  if (field === 13 && wire === WIRE.fixed64) return { kind: 'plain', value: reader.double() };
  if (field === 14 && wire === WIRE.varint) return { kind: 'plain', value: reader.uint32() !== 0 };
  if (field === 15 && wire === WIRE.bytes) return { kind: 'plain', value: reader.text() };
  reader.leave(wire);
  return { kind: 'other' };
}

/** A single-precision number as it was meant: 50.1, not 50.099998474. */
function shortest(value: number): number {
  return Number.isInteger(value) || !Number.isFinite(value) ? value : Number(value.toPrecision(7));
}

/** Whether a metric's properties say nothing against its value. */
function isGood(reader: WireReader): boolean {
  const keys: string[] = [];
  const qualities: (number | undefined)[] = [];
  while (!reader.isAtEnd) {
    const { field, wire } = reader.tag();
    if (field === 1 && wire === WIRE.bytes) keys.push(reader.text());
    else if (field === 2 && wire === WIRE.bytes) qualities.push(intOf(reader.message()));
    else reader.leave(wire);
  }
  const quality = qualities[keys.indexOf(QUALITY)];
  return quality === undefined || (quality >= GOOD.from && quality <= GOOD.to);
}

/** The int_value of a property. */
function intOf(reader: WireReader): number | undefined {
  let value: number | undefined;
  while (!reader.isAtEnd) {
    const { field, wire } = reader.tag();
    if (field === 3 && wire === WIRE.varint) value = reader.uint32();
    else reader.leave(wire);
  }
  return value;
}

/** What a metric of `dataType` says; undefined for what is no number, text or boolean. */
export function plainValue(
  value: WireValue,
  dataType: number | undefined,
): number | string | boolean | undefined {
  if (value.kind === 'other') return undefined;
  if (value.kind === 'plain') return value.value;
  if (value.kind === 'long') return dataType === DATA_TYPE.int64 ? value.signed : value.unsigned;
  if (dataType === DATA_TYPE.int8) return (value.value << 24) >> 24;
  if (dataType === DATA_TYPE.int16) return (value.value << 16) >> 16;
  return dataType === DATA_TYPE.int32 ? value.value | 0 : value.value;
}

const REBIRTH = 'Node Control/Rebirth';

/** The payload of an NCMD that asks an edge node for its birth certificates. @param at epoch ms */
export function rebirthRequest(at: number): Uint8Array {
  const stamp = varint(at);
  const name = Buffer.from(REBIRTH);
  const metric = Buffer.concat([
    Buffer.from([0x0a, name.length]),
    name,
    Buffer.from([0x18]),
    stamp,
    Buffer.from([0x20, DATA_TYPE.boolean, 0x70, 1]),
  ]);
  return Buffer.concat([Buffer.from([0x08]), stamp, Buffer.from([0x12, metric.length]), metric]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}
