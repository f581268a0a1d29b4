/**
 * Whose topics are whose: where the devices of a camp may publish, at either broker. A camp has its part of the native
 * contract, a prefix of its own for devices whose topics are chosen (`site/<mission>.<camp>/…`), and the topics of its lines
 * in the registry. What two camps could claim is nobody's, unless no message of it could be read as the other camp's. Pure.
 */
import { meet, covers, isTopicFilter } from './mqtt-filter.ts';
import { campOf } from './lookup.ts';
import { lineFilter, lineSpecificity } from './source-line.ts';
import type { Registry } from './types.ts';

export interface CampRef {
  readonly mission: string;
  readonly camp: string;
}

export interface CampTopics {
  /** filters of what the camp's devices may publish */
  readonly own: readonly string[];
  /** filters of what lies within and is not theirs; these win */
  readonly others: readonly string[];
  /** topics of lines that give nothing: they could be any camp's, or are Bluewatt's own */
  readonly withheld: readonly string[];
}

/** `bluewatt/live/…` is where readings are republished, so that no mission of that name may publish. */
const RESERVED_MISSION = 'live';
const NATIVE = 'bluewatt';
const CHOSEN = 'site';
const SPARKPLUG = 'spBv1.0';
const HOST_STATE = 'STATE';
/** What an edge node says. Commands and hosts' states come by the same first levels, and are not a node's to say. */
const SPARKPLUG_SAYS = ['NBIRTH', 'NDEATH', 'NDATA', 'DBIRTH', 'DDEATH', 'DDATA'];
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/** What a line of the registry, or a camp's own prefix, is about. */
interface Claim extends CampRef {
  /** filter of all that is read by it */
  readonly reach: string;
  /** filters of what it lets its camp publish; none where it gives nothing */
  readonly gives: readonly string[];
  readonly specificity: string;
  /** which profile reads it; undefined for topics without a line */
  readonly profile: string | undefined;
}

const isSame = (left: CampRef, right: CampRef): boolean =>
  left.mission === right.mission && left.camp === right.camp;

/** Where devices of a camp publish whose topics can be chosen: below `site/unmiss.juba-un-house`. */
export function chosenPrefix({ mission, camp }: CampRef): string {
  return `${CHOSEN}/${mission}.${camp}`;
}

/** What the camp's devices may publish; nothing for a camp that the registry does not know. */
export function campTopics(registry: Registry, ref: CampRef): CampTopics {
  if (ref.mission === RESERVED_MISSION || campOf(registry, ref.mission, ref.camp) === undefined)
    return { own: [], others: [], withheld: [] };
  const lines = claimsOf(registry);
  const own = lines.filter((claim) => isSame(claim, ref));
  const foreign = lines.filter((claim) => !isSame(claim, ref));
  const claims = [...own, claimOf({ ...ref, topic: chosenPrefix(ref), profile: undefined })];
  return {
    own: [`${NATIVE}/${ref.mission}/${ref.camp}/+/reading`, ...new Set(claims.flatMap(({ gives }) => gives))],
    others: [...new Set(claims.flatMap((claim) => notTheirs(claim, foreign, registry)))],
    withheld: [...new Set(own.filter(({ gives }) => gives.length === 0).map(({ topic }) => topic))],
  };
}

/** Whether a filter can stand in a broker's file, which takes one a line and loses spaces at either end. */
export function isPlainFilter(filter: string): boolean {
  return isTopicFilter(filter) && !CONTROL.test(filter) && filter === filter.trim();
}

/** Whether a device of the camp may publish to `topic`. */
export function mayPublish({ own, others }: Pick<CampTopics, 'own' | 'others'>, topic: string): boolean {
  if (topic === '' || /[+#\0]/.test(topic)) return false;
  return own.some((filter) => covers(filter, topic)) && !others.some((filter) => covers(filter, topic));
}

/** The lines of a registry do not change, and every camp is asked about. */
const known = new WeakMap<Registry, readonly (Claim & { readonly topic: string })[]>();

function claimsOf(registry: Registry): readonly (Claim & { readonly topic: string })[] {
  let claims = known.get(registry);
  if (claims === undefined) {
    claims = registry.sources.map(claimOf);
    known.set(registry, claims);
  }
  return claims;
}

function claimOf<Line extends CampRef & { readonly topic: string; readonly profile: string | undefined }>(
  line: Line,
): Claim & Line {
  const levels = line.topic.split('/');
  const [reach, specificity] = [lineFilter(levels), lineSpecificity(levels)];
  return { ...line, reach, specificity, gives: given(reach) };
}

/**
 * What a line lets its camp publish. A line whose first level is open would give it other camps' topics, and the native
 * contract and the broker's `$SYS` are never a device's, whatever a line says.
 */
function given(reach: string): string[] {
  const first = reach.split('/')[0] ?? '';
  if (/^[+#$]/.test(first) || first === NATIVE || first === HOST_STATE) return [];
  if (!isPlainFilter(reach)) return [];
  if (first !== SPARKPLUG) return [reach];
  return SPARKPLUG_SAYS.flatMap((verb) => meet(reach, `${SPARKPLUG}/+/${verb}/#`) ?? []);
}

/**
 * Of a claim, what other camps' lines read too. It stays the claim's own only where its line comes before theirs for
 * every message: the same profile, which reads both alike, and a more specific topic. Another camp's prefix is theirs.
 */
function notTheirs(claim: Claim, foreign: readonly Claim[], registry: Registry): string[] {
  const shared = foreign.flatMap((other) => {
    const comesFirst = claim.profile === other.profile && claim.specificity > other.specificity;
    return comesFirst ? [] : claim.gives.flatMap((filter) => meet(filter, other.reach) ?? []);
  });
  return [...shared, ...claim.gives.flatMap((filter) => otherPrefixes(filter, claim, registry))];
}

function otherPrefixes(filter: string, of: CampRef, registry: Registry): string[] {
  if (!filter.startsWith(`${CHOSEN}/`)) return [];
  return Object.entries(registry.missions).flatMap(([mission, { camps }]) =>
    Object.keys(camps)
      .filter((camp) => !isSame(of, { mission, camp }))
      .flatMap((camp) => {
        const prefix = `${chosenPrefix({ mission, camp })}/#`;
        // A line below another camp's prefix was written there on purpose.
        return covers(prefix, filter) ? [] : (meet(filter, prefix) ?? []);
      }),
  );
}
