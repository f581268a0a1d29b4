/**
 * What the worker answers about devices nobody has told it of, as pages use it. It comes from another process, perhaps
 * of another version: what cannot be read is no answer.
 */
import { z } from 'zod';

const text = z.string().max(2_000);
const count = z.number().nonnegative();
const instant = z.number().nonnegative().max(8.64e15);
const content = z.union([
  z.object({ kind: z.literal('json'), value: z.unknown(), isCut: z.boolean() }),
  z.object({ kind: z.literal('text'), text, isCut: z.boolean() }),
  z.object({
    kind: z.literal('binary'),
    bytes: count,
    head: z.string().max(100).optional(),
    form: z.literal('sparkplug').optional(),
  }),
  z.object({ kind: z.literal('empty') }),
]);
const sample = z.object({ topic: text, receivedAt: instant, content });
const leaf = z.object({ name: text, count, samples: z.array(sample).max(10) });
const group = z.object({
  shape: text,
  firstAt: instant,
  lastAt: instant,
  count,
  kept: count,
  perMinute: count,
  profile: text.nullable(),
  leaves: z.array(leaf).max(100),
});
const tried = z.union([
  z.object({
    ok: z.literal(false),
    problems: z.array(z.object({ line: count.nullable(), column: count.nullable().default(null), text })),
  }),
  z.object({
    ok: z.literal(true),
    profile: text,
    meter: text,
    commonLevels: count.nullable().optional(),
    samples: z.array(
      sample.extend({
        isRead: z.boolean(),
        readings: z.array(z.object({ meter: text, at: instant, values: z.record(z.string(), z.number()) })),
        rejections: z.array(z.object({ reason: text, detail: text })),
      }),
    ),
  }),
]);
const reason = z.object({ code: text, place: text, quantity: text, unit: text.optional() });
const question = z.object({
  id: text,
  code: z.enum(['unit', 'sum', 'which']),
  quantity: text,
  place: text,
  shown: z.array(z.number()),
  options: z.array(text),
  answer: text.optional(),
});
const suggestion = z.object({
  yaml: z.string().max(300_000).optional(),
  confidence: z.enum(['high', 'medium', 'low', 'none']),
  reasons: z.array(reason),
  questions: z.array(question),
  nothing: z.enum(['binary', 'sparkplug', 'gencomm', 'no-text-known', 'no-name-known']).optional(),
});

const GROUPS = z.object({ hearing: z.enum(['all', 'listening', 'refused', 'off']), groups: z.array(group) });
const GROUP = z.object({ group, suggestion, tried: tried.nullable(), profiles: z.array(text) });

export type TopicGroups = z.infer<typeof GROUPS>;
export type TopicGroupAnswer = z.infer<typeof GROUP>;
export type TriedProfile = z.infer<typeof tried>;

/** Undefined when the worker does not answer, or not so. */
export function readGroups(answer: unknown): TopicGroups | undefined {
  return GROUPS.safeParse(answer).data;
}

/** Undefined also when there is no such group any more. */
export function readGroup(answer: unknown): TopicGroupAnswer | undefined {
  return GROUP.safeParse(answer).data;
}

export function readTried(answer: unknown): TriedProfile | undefined {
  return tried.safeParse(answer).data;
}
