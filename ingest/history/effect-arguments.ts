/** What a correction does, from the words of the command line. */
import type { CorrectionEffect } from '#lib/energy/correction.ts';
import { isQuantity, QUANTITIES } from '#lib/energy/quantity.ts';
import { Refused } from './opened.ts';

const PER_KILO = 1_000;

export const EFFECT_OPTIONS = {
  quantity: { type: 'string' },
  fuel: { type: 'boolean' },
  kwh: { type: 'string' },
  'reverse-kwh': { type: 'string' },
  litres: { type: 'string' },
  estimated: { type: 'boolean' },
} as const;

export type EffectValues = {
  readonly [K in keyof typeof EFFECT_OPTIONS]?:
    ((typeof EFFECT_OPTIONS)[K]['type'] extends 'string' ? string : boolean) | undefined;
};

/** @throws Refused */
export function effectOf([kind, ...rest]: readonly string[], values: EffectValues): CorrectionEffect {
  switch (kind) {
    case 'exclude': {
      const { quantity } = values;
      if (quantity !== undefined && !isQuantity(quantity)) {
        throw new Refused(
          `There is no quantity ${quantity}. The quantities are: ${QUANTITIES.join(', ')}.`,
          2,
        );
      }
      return { kind, quantity: quantity ?? null };
    }
    case 'confirm':
      return { kind };
    case 'scale':
      return { kind, of: values.fuel === true ? 'fuel' : 'energy', factor: amountOf(rest[0], 'scale') };
    case 'replace': {
      const energyWh = thousandths(values.kwh, '--kwh');
      const reverseWh = thousandths(values['reverse-kwh'], '--reverse-kwh');
      const fuelMl = thousandths(values.litres, '--litres');
      return {
        kind,
        known: values.estimated === true ? 'estimated' : 'manual',
        ...(energyWh !== undefined && { energyWh }),
        ...(reverseWh !== undefined && { reverseWh }),
        ...(fuelMl !== undefined && { fuelMl }),
      };
    }
    default:
      throw new Refused(
        `What holds instead? Write exclude, confirm, scale or replace, not ${String(kind)}.`,
        2,
      );
  }
}

function thousandths(text: string | undefined, name: string): number | undefined {
  return text === undefined ? undefined : Math.round(amountOf(text, name) * PER_KILO);
}

function amountOf(text: string | undefined, name: string): number {
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text)) {
    throw new Refused(`${name} needs a number such as 1234.5, not ${String(text)}.`, 2);
  }
  return Number(text);
}
