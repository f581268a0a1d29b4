/** What formats have in common that give a field one value at a time. */
import type { SpecProblem } from './profile.ts';
import type { FieldSpec } from './profile-schema.ts';

/** The problems of a field that says more than one value can fill; `advice` says what to do instead. */
export function checkSingleValue(
  field: FieldSpec,
  { refused, advice }: { refused: readonly (keyof FieldSpec)[]; advice: string },
): SpecProblem[] {
  const problems: SpecProblem[] = refused
    .filter((key) => field[key] !== undefined)
    .map((key) => ({ path: [key], message: advice }));
  if (Array.isArray(field.to)) problems.push({ path: ['to'], message: `${advice}; it fills one quantity` });
  return problems;
}
