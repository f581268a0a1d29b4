/** Sparkplug B payloads as an edge node writes them, by the published .proto and independently of what reads them. */

export interface SparkplugMetric {
  readonly name?: string;
  readonly alias?: number;
  readonly timestamp?: number;
  readonly datatype?: number;
  readonly isHistorical?: boolean;
  readonly isNull?: boolean;
  readonly quality?: number;
  readonly int?: number;
  readonly long?: bigint;
  readonly float?: number;
  readonly double?: number;
  readonly boolean?: boolean;
  readonly string?: string;
}

export interface SparkplugBody {
  readonly timestamp?: number;
  readonly seq?: number;
  readonly metrics?: readonly SparkplugMetric[];
}

export function sparkplugPayload({ timestamp, seq, metrics = [] }: SparkplugBody): Buffer {
  return Buffer.concat([
    ...optional(timestamp, (value) => varintField(1, BigInt(value))),
    ...metrics.map((metric) => bytesField(2, encodeMetric(metric))),
    ...optional(seq, (value) => varintField(3, BigInt(value))),
  ]);
}

function encodeMetric(metric: SparkplugMetric): Buffer {
  return Buffer.concat([
    ...optional(metric.name, (value) => bytesField(1, Buffer.from(value))),
    ...optional(metric.alias, (value) => varintField(2, BigInt(value))),
    ...optional(metric.timestamp, (value) => varintField(3, BigInt(value))),
    ...optional(metric.datatype, (value) => varintField(4, BigInt(value))),
    ...optional(metric.isHistorical, (value) => varintField(5, value ? 1n : 0n)),
    ...optional(metric.isNull, (value) => varintField(7, value ? 1n : 0n)),
    ...optional(metric.quality, (value) => bytesField(9, qualityOf(value))),
    ...optional(metric.int, (value) => varintField(10, BigInt.asUintN(32, BigInt(value)))),
    ...optional(metric.long, (value) => varintField(11, BigInt.asUintN(64, value))),
    ...optional(metric.float, (value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(value);
      return Buffer.concat([tag(12, 5), bytes]);
    }),
    ...optional(metric.double, (value) => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      return Buffer.concat([tag(13, 1), bytes]);
    }),
    ...optional(metric.boolean, (value) => varintField(14, value ? 1n : 0n)),
    ...optional(metric.string, (value) => bytesField(15, Buffer.from(value))),
  ]);
}

function qualityOf(value: number): Buffer {
  const property = Buffer.concat([varintField(1, 3n), varintField(3, BigInt(value))]);
  return Buffer.concat([bytesField(1, Buffer.from('Quality')), bytesField(2, property)]);
}

function optional<T>(value: T | undefined, encode: (value: T) => Buffer): Buffer[] {
  return value === undefined ? [] : [encode(value)];
}

function tag(field: number, wire: number): Buffer {
  return varint(BigInt(field * 8 + wire));
}

function varintField(field: number, value: bigint): Buffer {
  return Buffer.concat([tag(field, 0), varint(value)]);
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([tag(field, 2), varint(BigInt(bytes.length)), bytes]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
