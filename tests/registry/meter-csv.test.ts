import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCsv } from '#lib/format/csv.ts';
import { meterOf } from '#lib/registry/lookup.ts';
import { meterRows, readMeterCsv } from '#lib/registry/meter-csv.ts';
import { parseRegistry } from '#lib/registry/parse.ts';
import { anyRegistry } from './any-registry.ts';

const parsed = parseRegistry(`
missions:
  unmiss:
    name: UNMISS
    zone: Africa/Juba
    camps:
      juba:
        name: Juba
        meters:
          pv-1: { source: solar, ratedW: 700000, name: "=1+1", owners: [{ from: 2026-07-01, ownership: coe-wet, unit: B }] }
          genset-1: { source: diesel, ratedW: 500000 }
  cedar: { name: Cedar, zone: UTC, camps: { ridge: { name: Ridge, meters: { grid-1: { source: grid } } } } }
`);
if (!parsed.ok) throw new Error('the example is no registry');
const registry = parsed.registry;

function problems(text: string, only?: string): string[] {
  const read = readMeterCsv(registry, text, only);
  return read.ok ? [] : read.problems.map(({ line, column }) => `${String(line)} ${column}`);
}

describe('meters as a spreadsheet', () => {
  it('come back as they went out, whatever stands in the registry', () => {
    fc.assert(
      fc.property(anyRegistry, fc.constantFrom(',', ';', '\t'), (whole, delimiter) => {
        expect(readMeterCsv(whole, toCsv(meterRows(whole), delimiter))).toEqual({
          ok: true,
          registry: whole,
        });
      }),
      { numRuns: 40 },
    );
  });

  it('go out without anything that a spreadsheet would run, and come back with it', () => {
    const csv = toCsv(meterRows(registry, 'unmiss'));
    expect(csv).toContain(",'=1+1,");
    expect(csv).not.toContain('cedar');
    const back = readMeterCsv(registry, csv.replace('500000', '450000'), 'unmiss');
    if (!back.ok) throw new Error(JSON.stringify(back.problems));
    expect(meterOf(back.registry, { mission: 'unmiss', camp: 'juba', meter: 'pv-1' })).toEqual(
      meterOf(registry, { mission: 'unmiss', camp: 'juba', meter: 'pv-1' }),
    );
    expect(meterOf(back.registry, { mission: 'unmiss', camp: 'juba', meter: 'genset-1' })?.ratedW).toBe(
      450_000,
    );
  });

  it('change nothing by a row or a column left out, and add a meter by a new row', () => {
    const read = readMeterCsv(
      registry,
      '\ufeffmission;camp;meter;source;ratedW\r\nunmiss;juba;pv-1;wind;\r\nunmiss;juba;constructor;solar;12,5\r\n;;;;\r\n',
    );
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const camp = read.registry.missions['unmiss']?.camps['juba'];
    expect(camp?.meters['pv-1']).toMatchObject({ source: 'wind', name: '=1+1' });
    expect(camp?.meters['pv-1']?.ratedW).toBeUndefined();
    expect(camp?.meters['constructor']).toMatchObject({ source: 'solar', ratedW: 12.5 });
    expect(camp?.meters['genset-1']?.ratedW).toBe(500_000);
  });

  it('tell every problem with its line and column', () => {
    const head = 'mission,camp,meter,source,ratedW,from\n';
    expect(
      problems(
        `${head}unmiss,juba,pv-1,sollar,"1,500",2026-02-30\nunmiss,juba,genset-1,diesel,-1,\nunmiss,juba,new,,1,\n`,
      ),
    ).toEqual(['2 source', '2 ratedW', '2 from', '3 ratedW', '4 source']);
    expect(
      problems(
        `${head}none,juba,pv-1,solar,1,\nunmiss,none,pv-1,solar,1,\nunmiss,juba,__proto__,solar,1,\nunmiss,juba,PV 1,solar,1,\nunmiss,juba,pv-1,solar,1,,too,many\n__proto__,constructor,toString,solar,1,\n`,
      ),
    ).toEqual(['2 mission', '3 camp', '4 meter', '5 meter', '6 ', '7 mission']);
    expect(problems(`${head}unmiss,juba,pv-1,solar,1,\nunmiss,juba,pv-1,wind,1,\n`)).toEqual(['3 meter']);
    expect(problems(`${head}cedar,ridge,grid-1,grid,1,\n`, 'unmiss')).toEqual(['2 mission']);
  });

  it('are refused as a whole where the table is none', () => {
    expect(problems('')).toEqual(['1 mission']);
    expect(problems('a,b,c\n')).toEqual(['1 mission']);
    expect(problems('mission,camp,meter,colour\n')).toEqual(['1 colour']);
    expect(problems('mission,camp,meter,source,source\n')).toEqual(['1 source']);
    expect(problems('mission,camp,meter,source\nunmiss,juba,"pv-1,solar\n')).toHaveLength(1);
    expect(problems(`mission,camp,meter,source\n${'unmiss,juba,pv-1,solar\n'.repeat(100_000)}`)).toEqual([
      '1 ',
    ]);
    expect(problems('mission,camp,meter,name\nunmiss,juba,pv-1,a\u0000b\n')).toEqual(['2 name']);
  });
});
