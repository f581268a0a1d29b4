/** The form of what a profile says of presence and keep-alive, for zod. */
import { z } from 'zod';

const DURATION_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const duration = z
  .string()
  .regex(/^[1-9]\d*[smhd]$/, 'expected a duration such as 90s, 10m, 2h or 1d');

/** `90s` → 90,000 */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * (DURATION_MS[text.slice(-1)] ?? 1000);
}

export const presenceSchema = z
  .strictObject({
    topic: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
    /** where in a JSON payload the word stands; absent: the payload is the word */
    path: z.string().optional(),
    /** words that mean "gone"; every other word means "there" */
    gone: z.array(z.string().min(1)).min(1).optional(),
    heartbeat: z.strictObject({ lostAfter: duration, rereadEvery: duration }).optional(),
  })
  .refine(({ gone, heartbeat }) => (gone === undefined) !== (heartbeat === undefined), {
    message: 'expected either "gone", the words of a last will, or "heartbeat"',
  });

export type PresenceSpec = z.infer<typeof presenceSchema>;

/** A device that goes on publishing what changes for as long as somebody asks for it. */
export const keepAliveSchema = z.strictObject({
  topic: z.string().min(1),
  every: duration,
  /** asks for everything once more; what is sent first */
  first: z.string(),
  /** what is sent from then on */
  then: z.string(),
});

export type KeepAliveSpec = z.infer<typeof keepAliveSchema>;
