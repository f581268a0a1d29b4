/**
 * One Sparkplug edge node as a host knows it: what its birth certificates defined (name and type of every metric, by
 * alias), which of its devices live, and where its sequence stands. Aliases are unique within a node; a birth certificate
 * replaces all that the one before said of the same node or device.
 */
import type { SparkplugPayload, WireMetric } from './payload.ts';

/** Metrics that a node may define: whoever invents aliases must not fill the memory. */
const DEFINITIONS_MAX = 20_000;
const SEQ_MODULUS = 256;

export interface Definition {
  readonly name: string;
  readonly dataType: number | undefined;
}

/** What is written down of a birth certificate. */
export interface Birth {
  readonly metrics: readonly (readonly [name: string, alias: number | null, dataType: number | null])[];
  /** of a node's own birth */
  readonly bdSeq: number | null;
}

interface Part {
  readonly birth: Birth;
  readonly byName: ReadonlyMap<string, Definition>;
  isAlive: boolean;
}

/** The node's own metrics stand under this name of a device. */
export const NODE_ITSELF = '';

export class EdgeNode {
  readonly #parts = new Map<string, Part>();
  #byAlias = new Map<number, { readonly device: string; readonly definition: Definition }>();
  #seq: number | undefined;

  get bdSeq(): number | null {
    return this.#parts.get(NODE_ITSELF)?.birth.bdSeq ?? null;
  }

  get isAlive(): boolean {
    return this.#parts.get(NODE_ITSELF)?.isAlive === true;
  }

  isBorn(device: string): boolean {
    return this.isAlive && this.#parts.get(device)?.isAlive === true;
  }

  /** A birth certificate of the node or of a device. A node's own begins a session: devices have to be born again. */
  bear(device: string, birth: Birth): void {
    if (device === NODE_ITSELF) this.#parts.clear();
    const definitions = birth.metrics.slice(0, DEFINITIONS_MAX);
    const byName = new Map(
      definitions.map(([name, , dataType]) => [name, { name, dataType: dataType ?? undefined }]),
    );
    this.#parts.set(device, { birth: { ...birth, metrics: definitions }, byName, isAlive: true });
    this.#byAlias = new Map();
    for (const [each, part] of this.#parts) {
      for (const [name, alias] of part.birth.metrics) {
        const definition = part.byName.get(name);
        if (alias !== null && definition !== undefined && this.#byAlias.size < DEFINITIONS_MAX)
          this.#byAlias.set(alias, { device: each, definition });
      }
    }
  }

  die(device: string): void {
    const dying = device === NODE_ITSELF ? [...this.#parts.values()] : [this.#parts.get(device)];
    for (const part of dying) if (part !== undefined) part.isAlive = false;
  }

  /** Name and type of a metric: as it tells them itself, completed by its birth; undefined for an alias nobody defined. */
  define(device: string, { name, alias, dataType }: WireMetric): Definition | undefined {
    if (name !== undefined) {
      return { name, dataType: dataType ?? this.#parts.get(device)?.byName.get(name)?.dataType };
    }
    const known = alias === undefined ? undefined : this.#byAlias.get(alias);
    if (known === undefined || known.device !== device || !this.isBorn(device)) return undefined;
    return dataType === undefined ? known.definition : { ...known.definition, dataType };
  }

  /**
   * The sequence numbers that a message leaves out after the one before; a node's birth begins anew. Undefined after a
   * restart of ours: nobody knows what came before, and aliases may have changed.
   */
  leftOut({ seq }: SparkplugPayload, isBirthOfNode: boolean): readonly number[] | undefined {
    const before = this.#seq;
    this.#seq = seq;
    if (isBirthOfNode) return [];
    if (before === undefined || seq === undefined) return undefined;
    const count = (seq - before - 1 + SEQ_MODULUS) % SEQ_MODULUS;
    return Array.from({ length: count }, (_, index) => (before + 1 + index) % SEQ_MODULUS);
  }

  /** What to write down, by device. */
  births(): ReadonlyMap<string, Birth> {
    return new Map(
      [...this.#parts].flatMap(([device, { birth, isAlive }]) => (isAlive ? [[device, birth]] : [])),
    );
  }
}

const BD_SEQ = 'bdSeq';

/** The birth certificate in a payload. */
export function birthIn({ metrics }: SparkplugPayload): Birth {
  return {
    metrics: metrics.flatMap(({ name, alias, dataType }): Birth['metrics'] =>
      name === undefined ? [] : [[name, alias ?? null, dataType ?? null]],
    ),
    bdSeq: bdSeqIn(metrics),
  };
}

/** The number that ties a death certificate to the birth of its session. */
export function bdSeqIn(metrics: readonly WireMetric[]): number | null {
  const value = metrics.find(({ name }) => name === BD_SEQ)?.value;
  if (value?.kind === 'int') return value.value;
  return value?.kind === 'long' ? value.unsigned : null;
}
