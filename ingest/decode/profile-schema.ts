/**
 * The form of a profile file, for zod: what may stand in it and what each place expects. Strict, so that a
 * misspelt key is a mistake with a line number and not a value that never arrives.
 */
import { z } from 'zod';
import { QUANTITIES, type Quantity } from '#lib/energy/quantity.ts';
import { parseLocalPattern } from './local-time.ts';
import { REJECTION_REASONS } from './message.ts';
import { CANONICAL_UNIT, UNITS, unitsFor, type UnitName } from './units.ts';

export const SENTINELS = ['s16', 'u16', 's32', 'u32'] as const;
/** Quantities that count up and so need to say how they behave when they fall. */
export const REGISTERS: ReadonlySet<Quantity> = new Set<Quantity>([
  'energyForwardWh',
  'energyReverseWh',
  'fuelUsedL',
  'runTimeS',
  'starts',
  'waterM3',
]);

const quantity = z.enum(QUANTITIES);
const unitName = z.enum(Object.keys(UNITS) as [UnitName, ...UnitName[]]);
const number = z.number();
const register = z.union([
  z.enum(['persistent', 'volatile', 'interval', 'daily']),
  z.strictObject({ wrap: number.positive() }),
]);

const part = z.strictObject({ path: z.string(), scale: number.optional() });

const field = z
  .strictObject({
    path: z.string().optional(),
    sum: z.array(part).min(2).optional(),
    to: z.union([quantity, z.array(quantity).min(1).max(3)]),
    spread: z.array(quantity).min(1).max(3).optional(),
    array: z.literal('sum').optional(),
    unit: unitName.optional(),
    scale: number.optional(),
    offset: number.optional(),
    sentinel: z.union([z.enum(SENTINELS), z.array(z.union([number, z.string()])).min(1)]).optional(),
    suffix: z.string().min(1).optional(),
    register: register.optional(),
    when: z.record(z.string(), z.union([z.string(), z.array(z.string()).min(1)])).optional(),
  })
  .superRefine((value, context) => {
    for (const target of targetsOf(value)) {
      const { dimension } = CANONICAL_UNIT[target];
      const unit = value.unit === undefined ? undefined : UNITS[value.unit];
      if (unit !== undefined && unit.dimension !== dimension) {
        const fitting = unitsFor(target).join(', ');
        const message = `${value.unit} measures ${unit.dimension}, but ${target} is ${dimension}: use one of ${fitting}`;
        context.addIssue({ code: 'custom', path: ['unit'], message });
      }
      if (value.register !== undefined && !REGISTERS.has(target)) {
        const message = `${target} does not count up; only ${[...REGISTERS].join(', ')} have a register policy`;
        context.addIssue({ code: 'custom', path: ['register'], message });
      }
    }
    if (value.array !== undefined && (value.spread !== undefined || Array.isArray(value.to))) {
      context.addIssue({
        code: 'custom',
        path: ['array'],
        message: 'either spread an array or sum it, not both',
      });
    }
  });

const timeFormat = z.string().superRefine((text, context) => {
  if (['unix-s', 'unix-ms', 'rfc3339'].includes(text)) return;
  const pattern = parseLocalPattern(text);
  if (typeof pattern !== 'string') return;
  const message = `"${text}" is not unix-s, unix-ms, rfc3339 or a pattern such as "dd/MM/yyyy HH:mm:ss": ${pattern}`;
  context.addIssue({ code: 'custom', message });
});

const zone = z.string().refine(isZone, { message: 'expected an IANA zone such as Africa/Nairobi' });

const time = z.union(
  [
    z.literal('receipt'),
    z.strictObject({
      path: z.string().nullable(),
      format: z.union([timeFormat, z.array(timeFormat).min(1)]).optional(),
      zone: zone.optional(),
    }),
  ],
  {
    error:
      'expected "receipt", or { path, format: unix-s | unix-ms | rfc3339 | "dd/MM/yyyy HH:mm:ss", zone }',
  },
);

const message = z.strictObject({
  match: z.strictObject({
    topic: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
    subscribe: z.boolean().optional(),
  }),
  meter: z.string().min(1),
  defaults: z.record(z.string(), z.string()).optional(),
  time: time.optional(),
  fields: z.array(field).min(1),
});

const sample = z.strictObject({
  topic: z.string().min(1),
  payload: z.unknown(),
  retain: z.boolean().optional(),
  receivedAt: z.iso.datetime({ offset: true }),
  zone: zone.optional(),
  expect: z.array(z.looseObject({ meter: z.string(), at: z.iso.datetime({ offset: true }).optional() })),
  reject: z.array(z.enum(REJECTION_REASONS)).optional(),
});

/** The whole file. One message layout may stand at the top; several stand in `messages`. */
export function profileSchema(formats: readonly [string, ...string[]]) {
  return z.strictObject({
    profile: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected a name of a-z, 0-9 and -'),
    devices: z.string().optional(),
    format: z.enum(formats),
    expireAfter: z
      .string()
      .regex(/^[1-9]\d*[smhd]$/, 'expected a duration such as 90s, 10m, 2h or 1d')
      .optional(),
    messages: z.array(message).min(1),
    samples: z.array(sample).min(1),
  });
}

export type ProfileSpec = z.infer<ReturnType<typeof profileSchema>>;
export type MessageSpec = ProfileSpec['messages'][number];
export type FieldSpec = MessageSpec['fields'][number];
export type TimeSpec = NonNullable<MessageSpec['time']>;
export type SampleSpec = ProfileSpec['samples'][number];

/** Every quantity a field can fill. */
export function targetsOf(value: { to: Quantity | Quantity[]; spread?: Quantity[] | undefined }): Quantity[] {
  return [...(Array.isArray(value.to) ? value.to : [value.to]), ...(value.spread ?? [])];
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
