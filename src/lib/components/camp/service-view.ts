/** The gensets whose service can be written down, and what came of a form that could not be taken. */
import { m } from '#lib/paraglide/messages.js';
import type {
  HourCounter,
  ServiceField,
  ServicePart,
  ServiceRange,
  ServiceText,
} from '#lib/registry/service-form.ts';

export interface ServiceableGenset {
  readonly meter: string;
  readonly name: string;
  readonly counter: HourCounter;
}

export interface ServiceOutcome {
  readonly typed: ServiceText;
  readonly fields: readonly ServiceField[];
  /** hours that would have been taken */
  readonly range: ServiceRange | null;
  /** of the fault that kept it from being saved */
  readonly code: string | null;
}

export function partWord(part: ServicePart): string {
  return part === 'oil' ? m.service_oil() : m.service_fuel_filter();
}

/** What a field must look like. */
export function serviceProblem(field: ServiceField, range: ServiceRange | null): string {
  switch (field) {
    case 'meter':
      return m.service_bad_genset();
    case 'hours':
      return m.service_bad_hours({
        // As they have to be typed.
        least: String(range?.least ?? 0),
        most: String(range?.most ?? 0),
      });
    case 'parts':
      return m.service_bad_parts();
    case 'author':
      return m.fuel_bad_author();
  }
}
