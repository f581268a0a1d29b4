/** What the worker answers about a change of the registry, as pages use it: what cannot be read is no answer. */
import { z } from 'zod';

const text = z.string().max(1_000);
const count = z.number().nonnegative();
const share = z.number().nullable();
const figures = z.object({ renewableShare: share, totalWh: z.number() });
const preview = z.object({
  meters: z.array(z.object({ meter: text, from: text, to: text, days: count })).max(500),
  camps: z.array(z.object({ mission: text, camp: text, from: text, to: text, days: count })).max(500),
  months: z
    .array(z.object({ mission: text, name: text, month: text, before: figures, after: figures }))
    .max(500),
});
const ANSWER = z.union([
  z.object({ state: z.literal('done'), preview }),
  z.object({ state: z.enum(['running', 'busy', 'too-long', 'too-large', 'failed', 'other-version']) }),
]);

export type Effect = z.infer<typeof ANSWER> | { readonly state: 'silent' };

export function readEffect(answer: unknown): Effect {
  return ANSWER.safeParse(answer).data ?? { state: 'silent' };
}
