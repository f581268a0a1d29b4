/** The figures by which missions are compared: shares, sums, and the same per person and day. Null: not known. */
import type { LineageFigure } from '#lib/components/lineage/lineage-view.ts';
import { litresPerDieselKWh, type SummaryView } from '#lib/components/figures/summary.ts';
import { formatEnergy, formatLitres, formatMass, formatNumber, formatShare } from '#lib/format/number.ts';
import { m } from '#lib/paraglide/messages.js';

export interface CompareRow {
  /** name of the figure in a CSV file, unit last */
  readonly key: string;
  readonly label: () => string;
  /** whose lineage tells what it is made of */
  readonly figure: LineageFigure;
  readonly value: (summary: SummaryView) => number | null;
  readonly format: (value: number | null, locale: string) => string;
}

export interface CompareGroup {
  readonly label: () => string;
  /** withheld with the reason where a headcount is missing or stale */
  readonly isPerPerson?: true;
  readonly rows: readonly CompareRow[];
}

/** A sum of what was metered; without any energy it is not known, and no zero. */
const known =
  (pick: (summary: SummaryView) => number) =>
  (summary: SummaryView): number | null =>
    summary.status === 'no-data' ? null : pick(summary);
const decimals = (count: number) => (value: number | null, locale: string) =>
  formatNumber(value, locale, count);

export const COMPARE_GROUPS: readonly CompareGroup[] = [
  {
    label: () => m.compare_shares(),
    rows: [
      {
        key: 'on_site_renewable_share',
        figure: 'renewableShare',
        label: () => m.compare_on_site(),
        value: (s) => s.onSiteRenewableShare,
        format: formatShare,
      },
      {
        key: 'diesel_share',
        figure: 'dieselShare',
        label: () => m.column_diesel(),
        value: (s) => s.dieselShare,
        format: formatShare,
      },
      {
        key: 'specific_consumption_l_per_kwh',
        figure: 'fuel',
        label: () => m.compare_specific(),
        value: litresPerDieselKWh,
        format: decimals(3),
      },
    ],
  },
  {
    label: () => m.compare_per_person(),
    isPerPerson: true,
    rows: [
      {
        key: 'electricity_kwh_per_person_day',
        figure: 'electricity',
        label: () => m.compare_kwh_person(),
        value: (s) => s.perCapita.kWhPerPersonDay,
        format: decimals(1),
      },
      {
        key: 'fuel_l_per_person_day',
        figure: 'fuel',
        label: () => m.compare_litres_person(),
        value: (s) => s.perCapita.litresPerPersonDay,
        format: decimals(2),
      },
      {
        key: 'ghg_kg_per_person_day',
        figure: 'ghg',
        label: () => m.compare_ghg_person(),
        value: (s) => s.perCapita.ghgKgPerPersonDay,
        format: decimals(2),
      },
    ],
  },
  {
    label: () => m.compare_absolute(),
    rows: [
      {
        key: 'electricity_wh',
        figure: 'electricity',
        label: () => m.figure_energy(),
        value: known((s) => s.electricityWh.total),
        format: formatEnergy,
      },
      {
        key: 'diesel_wh',
        figure: 'dieselShare',
        label: () => m.compare_diesel_energy(),
        value: known((s) => s.electricityWh.diesel),
        format: formatEnergy,
      },
      {
        key: 'fuel_l',
        figure: 'fuel',
        label: () => m.figure_fuel(),
        value: known((s) => s.fuelL + s.estimatedFuelL),
        format: formatLitres,
      },
      {
        key: 'ghg_kg',
        figure: 'ghg',
        label: () => m.figure_ghg(),
        value: known((s) => s.ghgKg),
        format: formatMass,
      },
    ],
  },
];
