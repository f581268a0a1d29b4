/**
 * What the registry dates: plant that came into service or left it, meters swapped or moved, people who came or went. A
 * curve that bends on such a day is explained by it. Pure look-ups; dates are local dates of the mission.
 */
import { localDateOf, type DatePeriod } from '../energy/calendar.ts';
import type { Source } from '../energy/source.ts';
import type { Note } from './note.ts';
import type { Camp, MeterEvent, Mission } from './types.ts';

export type DatedFact = {
  /** local date of the mission */
  readonly date: string;
  /** null: the whole mission, whose name `campName` then is */
  readonly camp: string | null;
  readonly campName: string;
} & (
  | {
      readonly kind: 'commissioned' | 'withdrawn';
      readonly source: Source;
      /** W; null where a meter has no rating */
      readonly ratedW: number | null;
    }
  | { readonly kind: MeterEvent['kind']; readonly meter: string; readonly note: string | null }
  | { readonly kind: 'headcount'; readonly people: number }
  | { readonly kind: 'note'; readonly id: number; readonly text: string; readonly author: string }
);

interface Placed {
  readonly slug: string;
  readonly camp: Camp;
  readonly zone: string;
}

/** Meters of one source that come or go on one day are one plant. */
function plants({ slug, camp }: Placed, kind: 'commissioned' | 'withdrawn'): DatedFact[] {
  const dated = Object.values(camp.meters).flatMap((meter) => {
    const date = kind === 'commissioned' ? meter.from : meter.to;
    return date === undefined || meter.source === 'load' ? [] : [{ meter, date }];
  });
  return [...Map.groupBy(dated, ({ meter, date }) => `${date} ${meter.source}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const rated = group.map(({ meter }) => meter.ratedW ?? null);
    const ratedW = rated.reduce((sum, watts) => (sum === null || watts === null ? null : sum + watts), 0);
    const { date, meter } = first;
    return [{ kind, date, camp: slug, campName: camp.name, source: meter.source, ratedW }];
  });
}

function events({ slug, camp, zone }: Placed): DatedFact[] {
  return Object.entries(camp.meters).flatMap(([name, meter]) =>
    meter.events.map(({ at, kind, note }) => ({
      kind,
      date: localDateOf(Date.parse(at), zone),
      camp: slug,
      campName: camp.name,
      meter: meter.name ?? name,
      note: note ?? null,
    })),
  );
}

function headcounts({ slug, camp }: Placed): DatedFact[] {
  // A count that only confirms the one before brought nobody.
  return camp.headcount
    .toSorted((a, b) => (a.from < b.from ? -1 : 1))
    .filter(({ people }, i, counts) => people !== counts[i - 1]?.people)
    .map(({ from, people }) => ({ kind: 'headcount', date: from, camp: slug, campName: camp.name, people }));
}

type NotedFact = Note & { readonly id: number; readonly author: string };

/** What of the whole mission is noted explains its camps' curves too. */
function noted(mission: Mission, notes: readonly NotedFact[], camp: string | undefined): DatedFact[] {
  return notes
    .filter((note) => camp === undefined || note.camp === null || note.camp === camp)
    .map(({ id, date, camp: of, text, author }) => {
      const campName = of === null ? mission.name : (mission.camps[of]?.name ?? of);
      return { kind: 'note', id, date, camp: of, campName, text, author };
    });
}

/**
 * The facts of an inclusive period, ascending by date; of all camps, or of `camp` alone. `notes` are those of the
 * mission that are in force.
 */
export function datedFacts(
  mission: Mission,
  period: DatePeriod,
  { camp, notes = [] }: { camp?: string | undefined; notes?: readonly NotedFact[] } = {},
): DatedFact[] {
  return [...registered(mission, camp), ...noted(mission, notes, camp)]
    .filter(({ date }) => period.from <= date && date <= period.to)
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

function registered(mission: Mission, camp: string | undefined): DatedFact[] {
  return Object.entries(mission.camps)
    .filter(([slug]) => camp === undefined || slug === camp)
    .flatMap(([slug, each]) => {
      const placed = { slug, camp: each, zone: mission.zone };
      return [
        ...plants(placed, 'commissioned'),
        ...plants(placed, 'withdrawn'),
        ...events(placed),
        ...headcounts(placed),
      ];
    });
}
