/** What moved a share, in words: a driver's name, what it means, and the whole change in one sentence. */
import type { LineageFigure } from '#lib/components/lineage/lineage-view.ts';
import type { ChangeDriver, ChangePart } from '#lib/energy/what-changed.ts';
import { formatLocalDate } from '#lib/format/moment.ts';
import { formatNumber, formatPoints, formatPower } from '#lib/format/number.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ChangeViewSide } from './change-view.ts';

export function driverWord(driver: ChangeDriver): string {
  switch (driver) {
    case 'load':
      return m.change_load();
    case 'solar':
      return m.source_solar();
    case 'solar-plant':
      return m.change_solar_plant();
    case 'sun':
      return m.change_sun();
    case 'wind':
      return m.source_wind();
    case 'hydro':
      return m.source_hydro();
    case 'diesel':
      return m.change_diesel();
    case 'grid':
      return m.change_grid();
    case 'data':
      return m.change_data();
  }
}

/** Undefined where the name says it all. */
export function driverMeaning(driver: ChangeDriver): string | undefined {
  switch (driver) {
    case 'load':
      return m.change_load_meaning();
    case 'solar-plant':
      return m.change_solar_plant_meaning();
    case 'sun':
      return m.change_sun_meaning();
    case 'diesel':
      return m.change_diesel_meaning();
    case 'grid':
      return m.change_grid_meaning();
    case 'data':
      return m.change_data_meaning();
    case 'solar':
    case 'wind':
    case 'hydro':
      return undefined;
  }
}

/** The figure whose lineage tells what a driver was counted from. */
export function driverFigure(driver: ChangeDriver): LineageFigure {
  switch (driver) {
    case 'load':
      return 'electricity';
    case 'diesel':
      return 'dieselShare';
    case 'data':
      return 'coverage';
    case 'solar':
    case 'solar-plant':
    case 'sun':
    case 'wind':
    case 'hydro':
    case 'grid':
      return 'renewableShare';
  }
}

/** Points below this are no part worth a row: a source the camps do not have. */
const NOTHING_PP = 0.005;

/** Load and data are told even when they moved nothing, because that is an answer too. */
export function isTold({ driver, pp }: ChangePart): boolean {
  return driver === 'load' || driver === 'data' || Math.abs(pp) >= NOTHING_PP;
}

/** By how much the share moved, and what pushed it most and held it back most. */
export function changeSentence(parts: readonly ChangePart[], locale: string): string {
  const total = parts.reduce((sum, { pp }) => sum + pp, 0);
  const points = formatPoints(total, locale);
  const told = (part: ChangePart) => ({
    driver: driverWord(part.driver).toLocaleLowerCase(locale),
    points: formatPoints(part.pp, locale),
  });
  const sorted = parts.filter(({ pp }) => Math.abs(pp) >= 0.05).toSorted((a, b) => b.pp - a.pp);
  const up = sorted.find(({ pp }) => pp > 0);
  const down = sorted.findLast(({ pp }) => pp < 0);
  const sentences = [
    Math.abs(total) < 0.05 ? m.change_still() : m.change_moved({ points }),
    up === undefined ? '' : m.change_most_up(told(up)),
    down === undefined ? '' : m.change_most_down(told(down)),
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** The dates of one of the two periods. */
export function sideDates({ period: { from, to } }: ChangeViewSide, locale: string): string {
  return m.period_range({ from: formatLocalDate(from, locale), to: formatLocalDate(to, locale) });
}

export function sideFacts({ meanPowerW, servedDays }: ChangeViewSide, locale: string): string {
  return m.change_side({ power: formatPower(meanPowerW, locale), days: formatNumber(servedDays, locale) });
}
