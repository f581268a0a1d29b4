/**
 * The host's side of Sparkplug B: turns the metrics of a message into names, values and times by what the birth
 * certificates said, notices who died, and asks edge nodes to be born again when something is missing: a birth, an alias,
 * a message of the sequence that did not come late either. It publishes nothing else.
 *
 * After a gap in the sequence known aliases are still read: what was lost is nearly always data (QoS 0), and aliases only
 * change with a birth certificate, which the request brings. After a death they are not.
 */
import type { MeterRef, Reading } from '#lib/energy/reading.ts';
import type { DeviceRequest } from '../message.ts';
import type { MetricMessage, ResolvedMetric } from '../profile.ts';
import type { RejectionList } from '../rejection-list.ts';
import type { SilenceBook } from '../silence-book.ts';
import type { Captures } from '../topic-pattern.ts';
import { bdSeqIn, birthIn, EdgeNode, NODE_ITSELF, type Birth } from './edge-node.ts';
import { plainValue, readSparkplug, rebirthRequest, type SparkplugPayload } from './payload.ts';
import { WireFault } from './protobuf.ts';
import { RebirthWish } from './rebirth-wish.ts';

/** Edge nodes kept in mind; a topic level is whatever somebody publishes there. */
const NODES_MAX = 2_000;

interface Known {
  readonly node: EdgeNode;
  readonly requestTopic: string;
  readonly meters: Map<string, Map<string, MeterRef>>;
  heardAt: number;
  readonly wish: RebirthWish;
}

/** Births at rest, by `group/node` and device. */
export type Births = ReadonlyMap<string, ReadonlyMap<string, Birth>>;

export class SparkplugHost {
  readonly #nodes = new Map<string, Known>();
  readonly #silences: SilenceBook;
  readonly #changed = new Set<string>();

  constructor(silences: SilenceBook, births: Births = new Map()) {
    this.#silences = silences;
    for (const [key, devices] of births) {
      const known = this.#knownNode(key);
      // The node's own birth first: it begins the session.
      const own = devices.get(NODE_ITSELF);
      if (known === undefined || own === undefined) continue;
      known.node.bear(NODE_ITSELF, own);
      for (const [device, birth] of devices) if (device !== NODE_ITSELF) known.node.bear(device, birth);
    }
  }

  /** The metrics of a message that hold a value. What cannot be read is added to `rejections`. */
  resolve(message: MetricMessage, rejections: RejectionList): ResolvedMetric[] {
    let payload: SparkplugPayload;
    try {
      payload = readSparkplug(message.payload);
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      rejections.add('payload-wrong-shape', () => `the payload is no Sparkplug B message: ${error.message}`);
      return [];
    }
    const { captures } = message;
    const known = this.#knownNode(keyOf(captures));
    if (known === undefined) {
      rejections.add('birth-missing', () => `more than ${NODES_MAX} edge nodes: this one is not followed`);
      return [];
    }
    const verb = captures.get('verb') ?? '';
    const device = captures.get('device') ?? NODE_ITSELF;
    // A message kept and read again later says nothing of the session there is now.
    if (message.receivedAt >= known.heardAt)
      this.#follow(known, { verb, device, payload, at: message.receivedAt });
    if (verb.endsWith('DEATH')) return [];
    return metricsOf(known, device, payload, rejections);
  }

  /** The meters that a node's or device's message became readings of: they are who falls silent when it dies. */
  took(captures: Captures, readings: readonly Pick<Reading, 'meter'>[]): void {
    const known = this.#nodes.get(keyOf(captures));
    if (known === undefined || readings.length === 0) return;
    const device = captures.get('device') ?? NODE_ITSELF;
    const held = known.meters.get(device) ?? new Map<string, MeterRef>();
    known.meters.set(device, held);
    for (const { meter } of readings) held.set(meter.key, meter);
  }

  /** Requests that are due at `now` (epoch ms), each node's at most once a minute and seldomer while nothing comes of them. */
  due(now: number): DeviceRequest[] {
    const requests: DeviceRequest[] = [];
    for (const known of this.#nodes.values()) {
      if (known.wish.takeDue(now)) requests.push({ topic: known.requestTopic, payload: rebirthRequest(now) });
    }
    return requests;
  }

  /** The registry changed: whose meters they are may have. */
  forgetMeters(): void {
    for (const { meters } of this.#nodes.values()) meters.clear();
  }

  /** The births of nodes that were born or died since this was last called. */
  takeChanges(): Births {
    const keys = [...this.#changed];
    this.#changed.clear();
    return new Map(keys.map((key) => [key, this.#nodes.get(key)?.node.births() ?? new Map()]));
  }

  /** They could not be written down. */
  putBack(births: Births): void {
    for (const key of births.keys()) this.#changed.add(key);
  }

  #follow(
    known: Known,
    { verb, device, payload, at }: { verb: string; device: string; payload: SparkplugPayload; at: number },
  ): void {
    const { node } = known;
    known.heardAt = at;
    if (verb === 'NDEATH') {
      // The will of a session that is over already.
      if (bdSeqIn(payload.metrics) !== null && node.bdSeq !== null && bdSeqIn(payload.metrics) !== node.bdSeq)
        return;
      this.#die(known, NODE_ITSELF, at);
      return;
    }
    this.#followSequence(known, payload, verb, at);
    if (verb === 'DDEATH') this.#die(known, device, at);
    else if (verb.endsWith('BIRTH')) this.#bear(known, device, payload);
    if (verb === 'DDEATH') return;
    const isUnborn = !node.isBorn(device);
    if (isUnborn || payload.metrics.some((metric) => node.define(device, metric) === undefined))
      known.wish.doesNotKnow(device, at);
  }

  #followSequence({ node, wish }: Known, payload: SparkplugPayload, verb: string, at: number): void {
    // It was overtaken: the sequence goes on from those that overtook it.
    if (verb !== 'NBIRTH' && payload.seq !== undefined && wish.cameLate(payload.seq)) return;
    const leftOut = node.leftOut(payload, verb === 'NBIRTH');
    if (leftOut === undefined) wish.cannotBeSure(at);
    else if (leftOut.length > 0) wish.missed(leftOut, at);
  }

  #bear(known: Known, device: string, payload: SparkplugPayload): void {
    const { node, wish } = known;
    if (device === NODE_ITSELF || node.isAlive) node.bear(device, birthIn(payload));
    this.#changed.add(keyOfKnown(known));
    if (device === NODE_ITSELF) wish.nodeBorn();
    else wish.deviceBorn(device);
  }

  #die(known: Known, device: string, at: number): void {
    known.node.die(device);
    this.#changed.add(keyOfKnown(known));
    for (const [each, meters] of known.meters) {
      if (device !== NODE_ITSELF && each !== device) continue;
      for (const meter of meters.values()) this.#silences.fellSilent(meter, at, 'death-certificate');
    }
  }

  #knownNode(key: string): Known | undefined {
    const found = this.#nodes.get(key);
    if (found !== undefined || this.#nodes.size >= NODES_MAX) return found;
    const [group = '', node = ''] = key.split('/');
    const known: Known = {
      node: new EdgeNode(),
      requestTopic: `spBv1.0/${group}/NCMD/${node}`,
      meters: new Map(),
      heardAt: -Infinity,
      wish: new RebirthWish(),
    };
    this.#nodes.set(key, known);
    return known;
  }
}

function keyOf(captures: Captures): string {
  return `${captures.get('group') ?? ''}/${captures.get('node') ?? ''}`;
}

function keyOfKnown({ requestTopic }: Known): string {
  const [, group = '', , node = ''] = requestTopic.split('/');
  return `${group}/${node}`;
}

function metricsOf(
  { node }: Known,
  device: string,
  { at, metrics }: SparkplugPayload,
  rejections: RejectionList,
): ResolvedMetric[] {
  return metrics.flatMap((metric): ResolvedMetric[] => {
    const definition = node.define(device, metric);
    if (definition === undefined) {
      rejections.add('birth-missing', () => describeUnknown(metric.alias));
      return [];
    }
    if (metric.isNull || metric.value === undefined) return [];
    const told = metric.at ?? at;
    if (metric.isHistorical && told === undefined) {
      rejections.add('time-missing', () => `${definition.name} is of the past and tells no time`);
      return [];
    }
    const value = plainValue(metric.value, definition.dataType);
    return value === undefined ? [] : [{ name: definition.name, value, at: told }];
  });
}

function describeUnknown(alias: number | undefined): string {
  const what =
    alias === undefined
      ? 'a metric has neither name nor alias'
      : `no birth certificate defines the alias ${alias}`;
  return `${what}; the edge node was asked to be born again`;
}
