import { describe, expect, it } from 'vitest';
import { energyChart, type EnergyColumn } from '#lib/charts/energy-chart.ts';
import { SOURCE_COLOURS } from '#lib/charts/palette.ts';

const none = { diesel: 0, grid: 0, hydro: 0, wind: 0, solar: 0 };
const column = (part: Partial<EnergyColumn>): EnergyColumn => ({
  label: 'x',
  energyWh: { ...none, diesel: 3_000_000, solar: 1_000_000 },
  uncertainWh: 0,
  renewableShare: 0.25,
  pathShare: 0.48,
  ...part,
});

function chart(columns: readonly EnergyColumn[]) {
  return energyChart({
    columns,
    texts: {
      sources: { diesel: 'Diesel', grid: 'Grid', hydro: 'Hydro', wind: 'Wind', solar: 'Solar' },
      uncertain: 'Uncertain',
      renewableShare: 'Share',
      targetPath: 'Path',
      energyAxis: 'MWh',
      shareAxis: '%',
    },
    theme: {
      ink: 'black',
      muted: 'grey',
      line: 'silver',
      surface: 'white',
      accent: 'blue',
      dieselEdge: 'tan',
    },
    whPerUnit: 1_000_000,
    formatEnergy: String,
    formatAxis: String,
    formatShare: String,
    hatch: 'hatch',
  });
}

const dataset = (built: ReturnType<typeof chart>, label: string) =>
  built.data.datasets.find((each) => each.label === label);

describe('the energy chart', () => {
  it('stacks the sources that gave something, in their own colours and in the axis unit', () => {
    const built = chart([column({})]);
    const bars = built.data.datasets.filter((each) => each.stack === 'energy');
    expect(bars.map(({ label }) => label)).toEqual(['Diesel', 'Solar']);
    expect(dataset(built, 'Solar')).toMatchObject({ data: [1], backgroundColor: SOURCE_COLOURS.solar });
  });

  it('draws a gap as a gap: no bar, no share, no zero', () => {
    const built = chart([column({}), column({ energyWh: null, renewableShare: null }), column({})]);
    expect(dataset(built, 'Diesel')?.data).toEqual([3, null, 3]);
    expect(dataset(built, 'Share')).toMatchObject({ data: [0.25, null, 0.25], spanGaps: false });
  });

  it('hatches the recovered and estimated part over the column without adding to its height', () => {
    const built = chart([column({ uncertainWh: 500_000 }), column({})]);
    expect(dataset(built, 'Uncertain')).toMatchObject({
      data: [[0, 0.5], null],
      backgroundColor: 'hatch',
      grouped: false,
      stack: 'uncertain',
    });
  });

  it('keeps the share axis at 0 to 100 % and the path dashed', () => {
    const built = chart([column({})]);
    expect(built.options?.scales?.['share']).toMatchObject({ min: 0, max: 1, position: 'right' });
    expect(dataset(built, 'Path')).toMatchObject({ borderDash: [6, 4], yAxisID: 'share' });
  });

  it('stands still, and says nothing of what only carries another line', () => {
    const built = chart([column({})]);
    expect(built.options?.animation).toBe(false);
    const halo = built.data.datasets.find(({ label }) => label === undefined);
    expect(
      built.options?.plugins?.tooltip?.filter?.({ raw: 1, dataset: halo } as never, 0, [], {} as never),
    ).toBe(false);
  });
});
