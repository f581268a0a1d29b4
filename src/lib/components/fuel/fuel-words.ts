/** Reasons, findings and fields of a camp's fuel in the reader's language. */
import { m } from '#lib/paraglide/messages.js';
import type { DeliveryField } from '#lib/registry/delivery-form.ts';
import type { BurnView, InventoryView, WithdrawOutcome } from './fuel-view.ts';

const LABELS: Readonly<Record<DeliveryField, () => string>> = {
  date: m.fuel_date,
  litres: m.fuel_litres,
  reference: m.fuel_reference,
  author: m.fuel_author,
  reason: m.fuel_reason,
};

const PROBLEMS: Readonly<Record<DeliveryField, () => string>> = {
  date: m.fuel_bad_date,
  litres: m.fuel_bad_litres,
  reference: m.fuel_bad_reference,
  author: m.fuel_bad_author,
  reason: m.fuel_bad_reason,
};

export function deliveryLabel(field: DeliveryField): string {
  return LABELS[field]();
}

/** What a field must look like. */
export function deliveryProblem(field: DeliveryField): string {
  return PROBLEMS[field]();
}

export function withdrawProblem(reason: WithdrawOutcome['reason']): string {
  switch (reason) {
    case 'unsigned':
      return m.fuel_unsigned();
    case 'gone':
      return m.fuel_gone();
    case 'failed':
      return m.fuel_failed();
  }
}

/** Why the litres cannot be balanced, and what would change that. */
export function inventoryGapWords(reason: NonNullable<InventoryView['withheld']>): string {
  switch (reason) {
    case 'issued-unknown':
      return m.fuel_issued_unknown();
    case 'burnt-unknown':
      return m.fuel_burnt_unknown();
    case 'level-unknown':
      return m.fuel_level_unknown();
    case 'period-too-long':
      return m.fuel_too_long({ days: 400 });
  }
}

export function burnGapWords(reason: NonNullable<BurnView['withheld']>): string {
  return reason === 'fuel-not-metered' ? m.fuel_not_metered() : m.fuel_too_long({ days: 92 });
}

/** What a difference may mean. */
export function inventoryMeaning({ isFinding, unexplainedL }: InventoryView): string {
  if (!isFinding || unexplainedL === null) return m.fuel_inventory_fine();
  return unexplainedL > 0 ? m.fuel_inventory_missing() : m.fuel_inventory_surplus();
}

export function burnMeaning({ all }: BurnView): string {
  if (all === null || !all.isFinding) return m.fuel_burn_fine();
  return all.differenceL > 0 ? m.fuel_burn_more() : m.fuel_burn_less();
}
