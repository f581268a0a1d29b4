/** The sums of a period in words: what each is called, its value, what is said below it, and whose lineage tells of it. */
import { litresPerDieselKWh, type SummaryView } from '#lib/components/figures/summary.ts';
import type { LineageFigure } from '#lib/components/lineage/lineage-view.ts';
import {
  formatEnergy,
  formatLitres,
  formatMass,
  formatNumber,
  formatShare,
  UNKNOWN,
} from '#lib/format/number.ts';
import { m } from '#lib/paraglide/messages.js';

/** A figure with a lineage of its own, or litres per kWh, which come from the fuel's. */
export type SummaryTerm = Exclude<LineageFigure, 'coverage'> | 'specific';

interface Term {
  readonly label: string;
  readonly value: string;
  readonly notes: readonly string[];
  readonly figure: LineageFigure;
}

function energyTerm({ status, electricityWh, perCapita }: SummaryView, locale: string): Term {
  const { total, exported } = electricityWh;
  const { kWhPerPersonDay } = perCapita;
  return {
    figure: 'electricity',
    label: m.figure_energy(),
    value: status === 'no-data' ? UNKNOWN : formatEnergy(total, locale),
    notes: [
      ...(exported > 0 ? [`${formatEnergy(exported, locale)} ${m.figure_exported()}`] : []),
      ...(kWhPerPersonDay === null
        ? []
        : [m.energy_per_person({ energy: formatNumber(kWhPerPersonDay, locale, 1) })]),
    ],
  };
}

function fuelTerm({ status, fuelL, estimatedFuelL, perCapita }: SummaryView, locale: string): Term {
  const { litresPerPersonDay } = perCapita;
  return {
    figure: 'fuel',
    label: m.figure_fuel(),
    value: status === 'no-data' ? UNKNOWN : formatLitres(fuelL + estimatedFuelL, locale),
    notes: [
      ...(estimatedFuelL > 0 ? [m.fuel_estimated({ litres: formatLitres(estimatedFuelL, locale) })] : []),
      ...(litresPerPersonDay === null
        ? []
        : [m.fuel_per_person_long({ litres: formatNumber(litresPerPersonDay, locale, 1) })]),
    ],
  };
}

function ghgTerm({ status, ghgKg, perCapita: { ghgKgPerPersonDay } }: SummaryView, locale: string): Term {
  return {
    figure: 'ghg',
    label: m.figure_ghg(),
    value: status === 'no-data' ? UNKNOWN : `${formatMass(ghgKg, locale)} CO₂e`,
    notes:
      ghgKgPerPersonDay === null
        ? []
        : [m.ghg_per_person({ mass: formatNumber(ghgKgPerPersonDay, locale, 1) })],
  };
}

function specificTerm(summary: SummaryView, locale: string): Term {
  const litresPerKWh = litresPerDieselKWh(summary);
  const mark = summary.estimatedFuelL > 0 ? '≈\u00a0' : '';
  return {
    figure: 'fuel',
    label: m.figure_specific(),
    value: litresPerKWh === null ? UNKNOWN : `${mark}${formatNumber(litresPerKWh, locale, 3)}\u00a0L/kWh`,
    notes: [m.figure_specific_note()],
  };
}

export function summaryTerm(name: SummaryTerm, summary: SummaryView, locale: string): Term {
  switch (name) {
    case 'renewableShare':
      return {
        figure: name,
        label: m.figure_share(),
        value: formatShare(summary.renewableShare, locale),
        notes: [],
      };
    case 'dieselShare':
      return {
        figure: name,
        label: m.figure_diesel(),
        value: formatShare(summary.dieselShare, locale),
        notes: [],
      };
    case 'electricity':
      return energyTerm(summary, locale);
    case 'fuel':
      return fuelTerm(summary, locale);
    case 'ghg':
      return ghgTerm(summary, locale);
    case 'specific':
      return specificTerm(summary, locale);
  }
}
