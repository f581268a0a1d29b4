/** Findings as people read them: what is wrong, and what to do about it. */
import { formatAge } from '#lib/format/moment.ts';
import { formatEnergy, formatLitres, formatNumber, formatShare } from '#lib/format/number.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Finding } from './findings.ts';
import { partWord } from './service-view.ts';

export interface FindingWords {
  readonly what: string;
  readonly advice: string;
}

export function findingWords(finding: Finding, locale: string): FindingWords {
  const hours = (count: number) => formatNumber(count, locale, count < 10 ? 1 : 0);
  switch (finding.kind) {
    case 'fuel-fallen': {
      const litres = formatLitres(finding.litres, locale);
      return {
        what: m.finding_fuel_fallen({ meter: finding.meter.name, litres }),
        advice: m.finding_fuel_fallen_do(),
      };
    }
    case 'fuel-low': {
      const { meter, isEstimate } = finding;
      const told = { meter: meter.name, hours: hours(finding.hours) };
      const what = isEstimate ? m.finding_fuel_low_estimated(told) : m.finding_fuel_low(told);
      return { what, advice: m.finding_fuel_low_do() };
    }
    case 'load-too-low':
    case 'load-low': {
      const told = { meter: finding.meter.name, load: formatShare(finding.load, locale, 0) };
      return finding.kind === 'load-low'
        ? { what: m.finding_load_low(told), advice: m.finding_load_low_do() }
        : { what: m.finding_load_too_low(told), advice: m.finding_load_too_low_do() };
    }
    case 'load-too-high': {
      const told = { meter: finding.meter.name, load: formatShare(finding.load, locale, 0) };
      return { what: m.finding_load_too_high(told), advice: m.finding_load_too_high_do() };
    }
    case 'silent':
      return silentWords(finding, locale);
    case 'sets-to-spare': {
      const { running, spare } = finding;
      return { what: m.finding_sets({ running, enough: running - spare }), advice: m.finding_sets_do() };
    }
    case 'imbalance': {
      const share = formatShare(Math.abs(finding.share), locale, 0);
      const what = finding.share > 0 ? m.finding_balance_more({ share }) : m.finding_balance_less({ share });
      return { what, advice: m.finding_balance_do() };
    }
    case 'implausible':
      return {
        what: m.finding_implausible({ energy: formatEnergy(finding.energyWh, locale) }),
        advice: m.finding_implausible_do(),
      };
    default:
      return laterWords(finding, locale);
  }
}

function silentWords({ meter, ageMs }: Extract<Finding, { kind: 'silent' }>, locale: string): FindingWords {
  const what =
    ageMs === null
      ? m.finding_never({ meter: meter.name })
      : m.finding_silent({ meter: meter.name, age: formatAge(ageMs, locale) });
  return { what, advice: m.finding_silent_do() };
}

/** What can wait until there is time. */
function laterWords(
  finding: Extract<Finding, { kind: 'service' | 'thirsty' | 'unassigned' }>,
  locale: string,
): FindingWords {
  const meter = finding.meter.name;
  switch (finding.kind) {
    case 'service': {
      const part = partWord(finding.part);
      const hours = formatNumber(Math.abs(finding.hours), locale);
      const what =
        finding.hours <= 0
          ? m.finding_service_due({ meter, part, hours })
          : m.finding_service_soon({ meter, part, hours });
      return { what, advice: m.finding_service_do() };
    }
    case 'thirsty': {
      const measured = formatNumber(finding.litresPerKWh, locale, 2);
      const curve = formatNumber(finding.curve, locale, 2);
      return { what: m.finding_thirsty({ meter, measured, curve }), advice: m.finding_thirsty_do() };
    }
    case 'unassigned':
      return { what: m.finding_unassigned({ meter }), advice: m.finding_unassigned_do() };
  }
}
