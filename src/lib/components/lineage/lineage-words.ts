/** A figure's name, formula and terms in the reader's language. */
import { formatEnergy, formatLitres, formatMass, formatNumber, formatShare } from '#lib/format/number.ts';
import { m } from '#lib/paraglide/messages.js';
import type { LineageFigure, TermView } from './lineage-view.ts';

export function figureName(figure: LineageFigure): string {
  switch (figure) {
    case 'renewableShare':
      return m.figure_share();
    case 'dieselShare':
      return m.figure_diesel();
    case 'electricity':
      return m.figure_energy();
    case 'fuel':
      return m.figure_fuel();
    case 'ghg':
      return m.figure_ghg();
    case 'coverage':
      return m.figure_coverage();
  }
}

export function figureFormulas(figure: LineageFigure): readonly string[] {
  switch (figure) {
    case 'renewableShare':
      return [m.method_f_renewable(), m.method_f_total()];
    case 'dieselShare':
      return [m.method_f_diesel(), m.method_f_total()];
    case 'electricity':
      return [m.method_f_total()];
    case 'fuel':
      return [m.lineage_f_fuel()];
    case 'ghg':
      return [m.lineage_f_ghg()];
    case 'coverage':
      return [m.lineage_f_coverage()];
  }
}

export function figureValue(figure: LineageFigure, value: number | null, locale: string): string {
  switch (figure) {
    case 'renewableShare':
    case 'dieselShare':
      return formatShare(value, locale);
    case 'coverage':
      // Rounded down: 99.96 % is not all of it.
      return formatShare(value === null ? null : Math.floor(value * 1000) / 1000, locale);
    case 'electricity':
      return formatEnergy(value, locale);
    case 'fuel':
      return formatLitres(value, locale);
    case 'ghg':
      return value === null ? formatMass(value, locale) : `${formatMass(value, locale)} CO₂e`;
  }
}

const TERMS: Readonly<Record<string, () => string>> = {
  solarWh: m.source_solar,
  windWh: m.source_wind,
  hydroWh: m.source_hydro,
  dieselWh: m.source_diesel,
  gridWh: m.term_grid,
  gridRenewableWh: m.term_grid_renewable,
  exportedWh: m.term_exported,
  renewableExportedWh: m.term_renewable_exported,
  dieselExportedWh: m.term_diesel_exported,
  fuelL: m.term_fuel,
  estimatedFuelL: m.term_estimated_fuel,
  kgCo2ePerL: m.term_factor,
  coveredWs: m.term_covered,
  expectedWs: m.term_expected,
};

/** A term that each factor set has for itself carries a number (`fuelL1`) and names its set. */
export function termName({ name, factorSet }: Pick<TermView, 'name' | 'factorSet'>): string {
  const words = TERMS[factorSet === undefined ? name : name.replace(/\d+$/, '')]?.() ?? name;
  return factorSet === undefined ? words : m.term_under_set({ term: words, version: factorSet });
}

/** Exact, because whoever follows a figure wants to add up: whole watt-hours, and watt-seconds as megawatt-hours. */
export function termValue({ value, unit }: TermView, locale: string): string {
  switch (unit) {
    case 'Wh':
      return `${formatNumber(value, locale)}\u00a0Wh`;
    case 'L':
      return `${formatNumber(value, locale, 1)}\u00a0L`;
    case 'kg/L':
      return `${formatNumber(value, locale, 4)}\u00a0kg/L`;
    case 'Ws':
      return `${formatNumber(value / 3.6e9, locale, 1)}\u00a0MW·h`;
  }
}
