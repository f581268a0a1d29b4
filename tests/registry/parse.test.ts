import { describe, expect, it } from 'vitest';
import { MAX_REGISTRY_LENGTH } from '#lib/registry/document.ts';
import { parseRegistry, type RegistryProblem } from '#lib/registry/parse.ts';
import { stringifyRegistry } from '#lib/registry/stringify.ts';
import type { Registry } from '#lib/registry/types.ts';

const EXAMPLE = `missions:
  unmiss:
    name: UNMISS
    country: SS
    zone: Africa/Juba
    targets: [{ year: 2030, renewableShare: 0.8 }]      # optional, replaces the Secretariat's
    grid: [{ from: 2024-01-01, renewableFraction: 0.018, source: "..." }]
    camps:
      juba-un-house:
        name: UN House, Juba
        location: { lat: 4.82, lon: 31.55 }
        headcount: [{ from: 2026-01-01, people: 2400 }]
        meters:
          genset-1: { source: diesel, ratedW: 500000, ownership: un-owned, expectedIntervalS: 60 }
          pv-1:     { source: solar, ratedW: 700000, ownership: coe-wet, unit: BANBATT, country: BD }
pledges:                     # what contributing countries promised to deploy
  - { country: BD, unit: BANBATT, mission: unmiss, source: solar, ratedW: 500000, due: 2026-06-30, reference: "Ministerial 2021" }
sources:                     # other devices: which profile, and whose they are
  - { profile: shelly-gen2, topic: "camp-b/shelly/+", mission: unmiss, camp: juba-un-house, meter: "..." }
`;

function accepted(yaml: string): Registry {
  const parsed = parseRegistry(yaml);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 1));
  return parsed.registry;
}

function problems(yaml: string): readonly RegistryProblem[] {
  const parsed = parseRegistry(yaml);
  return parsed.ok ? [] : parsed.problems;
}

/** A file with one meter, whose fields are given. */
function withMeter(fields: string): string {
  return `missions:
  m:
    name: M
    zone: Africa/Juba
    camps:
      c:
        name: C
        meters:
          genset-1: ${fields}
`;
}

function meterOf(fields: string) {
  return accepted(withMeter(fields)).missions['m']?.camps['c']?.meters['genset-1'];
}

describe('a registry file', () => {
  it('is read as documented, with the defaults filled in', () => {
    const registry = accepted(EXAMPLE);
    const camp = registry.missions['unmiss']?.camps['juba-un-house'];
    expect(registry.missions['unmiss']?.targets).toEqual([{ year: 2030, renewableShare: 0.8 }]);
    expect(registry.missions['unmiss']?.grid).toEqual([
      { from: '2024-01-01', renewableFraction: 0.018, source: '...' },
    ]);
    expect(camp?.location).toEqual({ lat: 4.82, lon: 31.55 });
    expect(camp?.headcount).toEqual([{ from: '2026-01-01', people: 2400 }]);
    expect(camp?.meters['pv-1']).toEqual({
      source: 'solar',
      ratedW: 700_000,
      ownership: 'coe-wet',
      unit: 'BANBATT',
      country: 'BD',
      expectedIntervalS: 60,
      events: [],
    });
    expect(registry.pledges).toEqual([
      {
        country: 'BD',
        unit: 'BANBATT',
        mission: 'unmiss',
        source: 'solar',
        ratedW: 500_000,
        due: '2026-06-30',
        reference: 'Ministerial 2021',
      },
    ]);
    expect(registry.sources[0]?.topic).toBe('camp-b/shelly/+');
  });

  it('needs of a meter only what it measures', () => {
    expect(meterOf('{ source: load }')).toEqual({
      source: 'load',
      ownership: 'un-owned',
      expectedIntervalS: 60,
      events: [],
    });
  });

  it('may describe a register that wraps, a swap, a service time and a tank', () => {
    expect(
      meterOf(
        '{ source: diesel, ratedW: 5e5, register: { wrap: 4294967296 }, from: 2026-01-01, to: 2026-12-31, tankL: 2000, invert: true, events: [{ at: "2026-05-04T09:30:00+02:00", kind: swap, note: new meter }] }',
      ),
    ).toMatchObject({
      register: { wrap: 4_294_967_296 },
      from: '2026-01-01',
      to: '2026-12-31',
      tankL: 2000,
      invert: true,
      events: [{ at: '2026-05-04T09:30:00+02:00', kind: 'swap', note: 'new meter' }],
    });
  });

  it('lists what holds from which date in the order of the dates', () => {
    const registry = accepted(
      'missions:\n  m:\n    name: M\n    zone: UTC\n    grid: [{ from: 2026-01-01, renewableFraction: 0.2 }, { from: 2025-01-01, renewableFraction: 0 }]\n',
    );
    expect(registry.missions['m']?.grid.map(({ from }) => from)).toEqual(['2025-01-01', '2026-01-01']);
  });

  it('tells all its problems at once, each with its line, in the order of the file', () => {
    const found = problems(`missions:
  unmiss:
    name: UNMISS
    zone: Africa/Jubaa
    targets: [{ year: 2030, renewableShare: 80 }]
    camps:
      juba:
        name: Juba
        headcount: [{ from: 2026-02-30, people: 12.5 }]
        meters:
          genset-1: { sorce: diesel, ratedw: 500000 }
          PV 1: { source: sun }
pledges:
  - { country: bd, mission: unmis, source: solar, ratedW: -1, due: soon }
`);
    expect(found.map(({ line, path }) => [line, path])).toEqual([
      [4, 'missions.unmiss.zone'],
      [5, 'missions.unmiss.targets[0].renewableShare'],
      [9, 'missions.unmiss.camps.juba.headcount[0].from'],
      [9, 'missions.unmiss.camps.juba.headcount[0].people'],
      [11, 'missions.unmiss.camps.juba.meters.genset-1.source'],
      [11, 'missions.unmiss.camps.juba.meters.genset-1.sorce'],
      [11, 'missions.unmiss.camps.juba.meters.genset-1.ratedw'],
      [12, 'missions.unmiss.camps.juba.meters.PV 1'],
      [12, 'missions.unmiss.camps.juba.meters.PV 1.source'],
      [14, 'pledges[0].country'],
      [14, 'pledges[0].mission'],
      [14, 'pledges[0].ratedW'],
      [14, 'pledges[0].due'],
    ]);
  });

  it.each([
    ['a misspelt key', '{ source: diesel, ratedw: 5 }', 'Did you mean `ratedW`?'],
    ['a misspelt source', '{ source: deisel }', 'Did you mean `diesel`?'],
    ['a misspelt ownership', '{ source: load, ownership: coe_wet }', 'Did you mean `coe-wet`?'],
    ['a misspelt register policy', '{ source: load, register: persistant }', 'Did you mean `persistent`?'],
    ['a number where a text belongs', '{ source: load, unit: 12 }', 'Put it in quotes.'],
    ['a unit with a backslash', String.raw`{ source: load, unit: "A\\B" }`, 'For example BANBATT-3.'],
    [
      'an owner without a date',
      '{ source: load, owners: [{ ownership: coe-wet }] }',
      'The first local date it is theirs.',
    ],
    [
      'an owner twice on one date',
      '{ source: load, owners: [{ from: 2026-01-01, ownership: un-owned }, { from: 2026-01-01, ownership: un-owned }] }',
      'Keep one of the two.',
    ],
    ['a country in small letters', '{ source: load, country: bd }', 'For example SS for South Sudan.'],
    ['a rating as a text', '{ source: diesel, ratedW: 500 kW }', 'In watts: write 500000 for 500 kW.'],
    [
      'an instant without offset',
      '{ source: load, events: [{ at: "2026-05-04T09:30:00", kind: swap }] }',
      '+02:00',
    ],
    [
      'a service time that ends before it begins',
      '{ source: load, from: 2026-02-01, to: 2026-02-01 }',
      'first date out',
    ],
  ])('says what to do about %s', (_, fields, hint) => {
    expect(
      problems(withMeter(fields))
        .map((problem) => problem.hint)
        .join(),
    ).toContain(hint);
  });

  it.each(['.inf', '.nan', '1e400', '0', '-5', 'true', '[]', '~'])('refuses `ratedW: %s`', (value) => {
    expect(problems(withMeter(`{ source: diesel, ratedW: ${value} }`))).toHaveLength(1);
  });

  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '20260101', '0000-01-01', '2026-01-01T00:00:00Z'])(
    'refuses the date %s',
    (date) => {
      expect(problems(withMeter(`{ source: load, from: ${date} }`))).toHaveLength(1);
    },
  );

  it('knows leap days', () => {
    expect(meterOf('{ source: load, from: 2028-02-29 }')?.from).toBe('2028-02-29');
  });

  it.each(['+02:00', 'Juba', 'Mars/Olympus', '"Africa/Juba\\u0000"', '../etc'])(
    'refuses the zone %s',
    (zone) => {
      const found = problems(`missions: { m: { name: M, zone: ${zone} } }`);
      expect(found.map(({ path }) => path)).toEqual(['missions.m.zone']);
    },
  );

  it.each(['__proto__', 'Juba', 'a/b', '"a+b"', '-a', 'é', '"a\\u0000"', `${'a'.repeat(64)}`])(
    'refuses the camp name %s, which could not stand in a topic',
    (slug) => {
      const found = problems(`missions: { m: { name: M, zone: UTC, camps: { ${slug}: { name: C } } } }`);
      expect(found).toHaveLength(1);
      expect(found[0]?.message).toContain('cannot be used as a name in topics');
    },
  );

  it('takes `constructor`, `123` and `null` as the ordinary names they are here', () => {
    const registry = accepted(
      'missions: { constructor: { name: A, zone: UTC }, 0123: { name: B, zone: UTC }, null: { name: C, zone: UTC } }',
    );
    expect(Object.keys(registry.missions)).toEqual(['constructor', '0123', 'null']);
    expect(Object.getPrototypeOf(registry.missions)).toBe(Object.prototype);
  });

  it('refuses a key that stands twice, wherever it stands', () => {
    const found = problems('missions:\n  m: { name: M, zone: UTC }\n  m: { name: N, zone: UTC }\n');
    expect(found).toMatchObject([{ line: 3, column: 3, path: 'missions.m' }]);
  });

  it('refuses the same date twice in one list', () => {
    const found = problems(
      'missions: { m: { name: M, zone: UTC, targets: [{ year: 2030, renewableShare: 1 }, { year: 2030, renewableShare: 0.5 }] } }',
    );
    expect(found).toMatchObject([{ path: 'missions.m.targets[1]' }]);
  });

  it('refuses devices and pledges of missions and camps it does not know', () => {
    const found = problems(`missions: { m: { name: M, zone: UTC, camps: { c: { name: C } } } }
sources:
  - { profile: tasmota, topic: tele/x/SENSOR, mission: m, camp: d, meter: x }
  - { profile: tasmota, topic: tele/x/SENSOR, mission: constructor, camp: c, meter: x }
`);
    expect(found.map(({ line, path }) => [line, path])).toEqual([
      [3, 'sources[0].camp'],
      [4, 'sources[1].mission'],
    ]);
  });

  it.each(['a/#/b', 'a+/b', '#a', 'a#'])('refuses %s as a topic filter', (topic) => {
    const found = problems(`missions: { m: { name: M, zone: UTC, camps: { c: { name: C } } } }
sources: [{ profile: tasmota, topic: "${topic}", mission: m, camp: c, meter: x }]
`);
    expect(found.map(({ path }) => path)).toEqual(['sources[0].topic']);
  });

  it.each([
    ['phases: [L2, L3]', 'phases', 'found a list of L2, L3'],
    ['phases: [L1, L1, L2]', 'phases', 'found a list of L1, L1, L2'],
    ['phases: [A, B, C]', 'phases', 'found a list of A, B, C'],
    ['phases: L2 L3 L1', 'phases', 'found the text "L2 L3 L1"'],
    ['ctRatio: 0', 'ctRatio', 'found 0'],
    ['ctRatio: "200/5"', 'ctRatio', 'found the text "200/5"'],
  ])('refuses %s of a device', (line, key, found) => {
    const [problem, ...others] = problems(`missions: { m: { name: M, zone: UTC, camps: { c: { name: C } } } }
sources: [{ profile: tasmota, topic: a, mission: m, camp: c, meter: x, ${line} }]
`);
    expect(others).toEqual([]);
    expect(problem?.path).toBe(`sources[0].${key}`);
    expect(problem?.message).toContain(found);
  });

  it.each(['a\\nuser root', 'a\\ttopic write #', 'a\\0', 'a\\u2028b'])(
    'refuses control characters in a topic filter (%s), which a broker’s files would read as lines',
    (topic) => {
      const found = problems(`missions: { m: { name: M, zone: UTC, camps: { c: { name: C } } } }
sources: [{ profile: tasmota, topic: "${topic}", mission: m, camp: c, meter: x }]
`);
      expect(found).toMatchObject([
        { path: 'sources[0].topic', message: 'The text holds control characters.' },
      ]);
    },
  );

  it.each(['#', 'a/#', '+/a/+', 'tele/pow1/SENSOR', '/a'])('takes %s as a topic filter', (topic) => {
    const registry = accepted(`missions: { m: { name: M, zone: UTC, camps: { c: { name: C } } } }
sources: [{ profile: tasmota, topic: "${topic}", mission: m, camp: c, meter: "shelly-{device}" }]
`);
    expect(registry.sources[0]?.topic).toBe(topic);
  });

  it('warns of contingent-owned equipment without a unit, and of a supply without a rating', () => {
    const parsed = parseRegistry(withMeter('{ source: solar, ownership: coe-wet }'));
    expect(parsed.ok && parsed.warnings.map(({ line, hint }) => [line, hint])).toEqual([
      [9, 'Add `unit` and `country`.'],
      [9, 'Add the rated power in watts.'],
    ]);
  });

  it('ends the service of all meters of a camp, or of a mission, that closes', () => {
    const registry = accepted(`missions:
  m:
    name: M
    zone: UTC
    to: 2026-09-01
    camps:
      early:
        name: Early
        to: 2026-06-01
        meters:
          open: { source: load, tankL: 5 }
          gone: { source: load, to: 2026-01-01 }
      late: { name: Late, meters: { open: { source: load } } }
`);
    const { early, late } = registry.missions['m']?.camps ?? {};
    expect([early?.meters['open']?.to, early?.meters['gone']?.to, late?.meters['open']?.to]).toEqual([
      '2026-06-01',
      '2026-01-01',
      '2026-09-01',
    ]);
    // What is written out says the same again, to the key.
    expect(JSON.stringify(accepted(stringifyRegistry(registry)))).toBe(JSON.stringify(registry));
  });

  it('refuses a meter that goes into service after its camp has closed', () => {
    const text = withMeter('{ source: load, from: 2026-06-01 }').replace(
      /( +)meters:/,
      '$1to: 2026-05-01\n$1meters:',
    );
    expect(problems(text).map(({ path, hint }) => [path.split('.').at(-1), hint])).toEqual([
      ['to', '`to` is the first date out of service.'],
    ]);
  });

  it('sorts a meter’s owners by date, and warns of one without a unit', () => {
    const owners = '[{ from: 2026-05-01, ownership: coe-dry }, { from: 2026-02-01, ownership: un-owned }]';
    const parsed = parseRegistry(withMeter(`{ source: load, owners: ${owners} }`));
    const [mission] = parsed.ok ? Object.values(parsed.registry.missions) : [];
    const meters = Object.values(mission?.camps ?? {}).flatMap((camp) => Object.values(camp.meters));
    expect(meters[0]?.owners?.map(({ from }) => from)).toEqual(['2026-02-01', '2026-05-01']);
    expect(parsed.ok && parsed.warnings.map(({ hint }) => hint)).toEqual(['Add `unit` and `country`.']);
  });
});

describe('a text that is no registry', () => {
  it.each([
    ['an empty file', ''],
    ['a comment', '# nothing here'],
    ['a list', '- a'],
    ['a text', 'hello'],
    ['a file without missions', 'pledges: []'],
    ['missions that are a list', 'missions: []'],
    ['missions without anything', 'missions:'],
    ['broken YAML', 'missions: ['],
    ['tabs as indentation', 'missions:\n\tm: {}'],
    ['two documents', '---\nmissions: {}\n---\nmissions: {}'],
    ['a tag', 'missions: !!map {}'],
    ['an unknown tag', 'missions: !!js/function "x"'],
    ['an anchor', 'missions: &a {}'],
    ['a map as a key', '? { a: b }\n: c'],
  ])('%s is refused with a place and a hint', (_, text) => {
    const found = problems(text);
    expect(found.length).toBeGreaterThan(0);
    for (const { line, column, message, hint } of found) {
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(message).not.toBe('');
      expect(hint).not.toBe('');
    }
  });

  it('made of aliases that would expand a billionfold is refused at once', () => {
    const levels = Array.from({ length: 10 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    const started = performance.now();
    const found = problems(['l0: &l0 lol', ...levels].join('\n'));
    expect(found.some(({ message }) => message.includes('alias'))).toBe(true);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.each([
    ['brackets', '['.repeat(100_000)],
    ['braces', '{a: '.repeat(100_000)],
    ['dashes', '- '.repeat(100_000)],
    ['question marks', '? '.repeat(100_000)],
    ['indentation', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('nested deeply by %s is refused, not recursed into', (_, text) => {
    expect(problems(text)[0]?.message).toContain('nested deeper');
  });

  it('that is too large is refused before it is parsed', () => {
    expect(problems('#'.repeat(MAX_REGISTRY_LENGTH + 1))[0]?.message).toContain(String(MAX_REGISTRY_LENGTH));
  });

  it('with very many wrong keys is answered in bounded time and length', () => {
    const text = Array.from({ length: 30_000 }, (_, i) => `key${i}: ${i}`).join('\n');
    expect(problems(text).length).toBeLessThanOrEqual(200);
  });
});
