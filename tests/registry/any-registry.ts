/** Any registry there may be, for properties of all of them. */
import fc from 'fast-check';
import { GWP_NAMES } from '#lib/energy/factors.ts';
import { OWNERSHIPS, SOURCES } from '#lib/energy/source.ts';
import type { Camp, Meter, Mission, PhaseOrder, Registry } from '#lib/registry/types.ts';

const slug = fc.oneof(
  fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,12}$/),
  fc.constantFrom('constructor', 'null', 'true', '0123', '1e3', 'location', 'y', 'no', '0x1f', 'valueof'),
);
const tricky = fc.constantFrom(
  'yes',
  'null',
  '~',
  '1e3',
  '- x',
  '# no',
  'a: b',
  '{ x }',
  '"',
  "it's",
  '2026-01-01',
  '*a',
  '&a',
  '!x',
  '|',
  '>',
  '%',
  '@',
  '`',
  '[',
  ', ',
  'ümlaut – 北京',
  '<<',
  '=',
);
const text = fc
  .oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), tricky)
  .map((value) => value.trim())
  .filter((value) => value !== '' && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/u.test(value));
const date = fc
  .integer({ min: 0, max: 40_000 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const share = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const watts = fc.oneof(fc.integer({ min: 1, max: 10_000_000 }), fc.double({ min: 1, max: 1e9, noNaN: true }));
const country = fc.stringMatching(/^[A-Z]{2}$/);
/** A unit's name has no backslash. */
const unit = text.filter((name) => !name.includes('\\'));
const zone = fc.constantFrom('Africa/Juba', 'Asia/Beirut', 'UTC', 'America/Argentina/Buenos_Aires');

/** Drops undefined fields, so that an absent field is absent. */
function optional<T extends object>(
  model: { [K in keyof T]: fc.Arbitrary<T[K]> },
  required: (keyof T)[],
): fc.Arbitrary<T> {
  return fc.record(model, { requiredKeys: required });
}

function dated<T extends object>(model: fc.Arbitrary<T>, key: (item: T) => string): fc.Arbitrary<T[]> {
  return fc
    .uniqueArray(model, { maxLength: 3, selector: key })
    .map((items) => items.sort((a, b) => (key(a) < key(b) ? -1 : 1)));
}

const grid = dated(
  optional({ from: date, renewableFraction: share, source: text }, ['from', 'renewableFraction']),
  ({ from }) => from,
);
const meter = optional<Meter>(
  {
    name: text,
    source: fc.constantFrom(...SOURCES),
    ratedW: watts,
    ownership: fc.constantFrom(...OWNERSHIPS),
    unit,
    country,
    owners: dated(
      optional({ from: date, ownership: fc.constantFrom(...OWNERSHIPS), unit, country }, [
        'from',
        'ownership',
      ]),
      ({ from }) => from,
    ).filter((owners) => owners.length > 0),
    expectedIntervalS: fc.integer({ min: 1, max: 86_400 }),
    register: fc.oneof(
      fc.constantFrom('persistent', 'volatile', 'interval', 'daily'),
      fc.record({ wrap: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }) }),
    ),
    invert: fc.boolean(),
    from: date,
    events: fc.array(
      optional(
        {
          at: fc.constant('2026-05-04T09:30:00.5+02:00'),
          kind: fc.constantFrom('swap', 'ct-change', 'move'),
          note: text,
        },
        ['at', 'kind'],
      ),
      { maxLength: 2 },
    ),
    tankL: fc.integer({ min: 1, max: 100_000 }),
    serviced: fc.record(
      { oilAtH: fc.integer({ min: 0, max: 99_999 }), fuelFilterAtH: fc.integer({ min: 0, max: 99_999 }) },
      { requiredKeys: [] },
    ),
  },
  ['source', 'ownership', 'expectedIntervalS', 'events'],
);
const camp = optional<Camp>(
  {
    name: text,
    location: fc.record({ lat: fc.integer({ min: -90, max: 90 }), lon: fc.integer({ min: -180, max: 180 }) }),
    headcount: dated(fc.record({ from: date, people: fc.nat({ max: 10_000 }) }), ({ from }) => from),
    grid,
    meters: fc.dictionary(slug, meter, { maxKeys: 3 }),
  },
  ['name', 'headcount', 'meters'],
);
const mission = optional<Mission>(
  {
    name: text,
    country,
    zone,
    example: fc.boolean(),
    targets: dated(
      fc.record({ year: fc.integer({ min: 2000, max: 2100 }), renewableShare: share }),
      ({ year }) => String(year),
    ),
    grid,
    camps: fc.dictionary(slug, camp, { maxKeys: 3 }),
  },
  ['name', 'zone', 'targets', 'grid', 'camps'],
);
/** Never drawn: lets the arbitraries of an empty registry be built. */
const NOWHERE = { mission: 'none', camp: 'none' };

export const anyRegistry: fc.Arbitrary<Registry> = fc
  .dictionary(slug, mission, { maxKeys: 3 })
  .chain((missions) => {
    const names = Object.keys(missions);
    const camps = names.flatMap((name) =>
      Object.keys(missions[name]?.camps ?? {}).map((key) => ({ mission: name, camp: key })),
    );
    const pledge = fc.record(
      {
        country,
        unit,
        mission: fc.constantFrom(...(names.length > 0 ? names : ['none'])),
        source: fc.constantFrom(...SOURCES),
        ratedW: watts,
        due: date,
        reference: text,
      },
      { requiredKeys: ['country', 'mission', 'source', 'ratedW', 'due'] },
    );
    const source = fc
      .record(
        {
          profile: slug,
          topic: fc.constantFrom('tele/+/SENSOR', 'a b/#', '+'),
          at: fc.constantFrom(...(camps.length > 0 ? camps : [NOWHERE])),
          meter: fc.constantFrom('pv-1', 'shelly-{device}', '...'),
          zone,
          phases: fc.constantFrom<PhaseOrder>(['L2', 'L3', 'L1'], ['L2', 'L1', 'L3'], ['L1', 'L2', 'L3']),
          ctRatio: fc.double({ min: 0.001, max: 100_000, noNaN: true }),
        },
        { requiredKeys: ['profile', 'topic', 'at', 'meter'] },
      )
      .map(({ at, ...rest }) => ({ ...rest, ...at }));
    const version = fc.integer({ min: 1, max: 99 }).map((number) => `own-${String(number)}.a`);
    const factors = fc
      .uniqueArray(
        fc.record({
          version,
          from: date,
          source: text,
          vintage: fc.integer({ min: 1990, max: 2100 }),
          gwp: fc.constantFrom(...GWP_NAMES),
          dieselKgCo2PerL: fc.double({ min: 2, max: 2.7, noNaN: true }),
          dieselKgCo2ePerL: fc.double({ min: 2.7, max: 3.5, noNaN: true }),
        }),
        { selector: ({ version: name }) => name, minLength: 1, maxLength: 3 },
      )
      .map((sets) => [...new Map(sets.map((set) => [set.from, set])).values()])
      .map((sets) => sets.sort((a, b) => (a.from < b.from ? -1 : 1)));
    const whole = {
      missions: fc.constant(missions),
      pledges: names.length === 0 ? fc.constant([]) : fc.array(pledge, { maxLength: 3 }),
      sources: camps.length === 0 ? fc.constant([]) : fc.array(source, { maxLength: 3 }),
    };
    return fc.record({ ...whole, factors }, { requiredKeys: ['missions', 'pledges', 'sources'] });
  });
