/**
 * The form of a profile file, for zod: what may stand in it and what each place expects. Strict, so that a
 * misspelt key is a mistake with a line number and not a value that never arrives.
 */
import { z } from 'zod';
import { QUANTITIES, type Quantity } from '#lib/energy/quantity.ts';
import { parseLocalPattern } from './local-time.ts';
import { REJECTION_REASONS } from './message.ts';
import { duration, keepAliveSchema, presenceSchema } from './presence-schema.ts';
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
/** As a field's `to`, and in its path: the field stands for one field a quantity, found under its own name. */
export const ANY_QUANTITY = '{quantity}';
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
    to: z.union([quantity, z.literal(ANY_QUANTITY), z.array(quantity).min(1).max(3)]),
    spread: z.array(quantity).min(1).max(3).optional(),
    array: z.enum(['sum', 'one']).optional(),
    unit: unitName.optional(),
    scale: number.optional(),
    offset: number.optional(),
    sentinel: z.union([z.enum(SENTINELS), z.array(z.union([number, z.string()])).min(1)]).optional(),
    suffix: z.string().min(1).optional(),
    register: register.optional(),
    when: z.record(z.string(), z.union([z.string(), z.array(z.string()).min(1)])).optional(),
  })
  .superRefine((value, context) => {
    if (value.to === ANY_QUANTITY) {
      for (const fault of namedFaults(value)) context.addIssue({ code: 'custom', ...fault });
      return;
    }
    for (const target of targetsOf({ to: value.to, spread: value.spread })) {
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
        message: 'an array is either spread or one value (sum, one), not both',
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
  /** read only while another topic of the same device says one of these words */
  only: z
    .strictObject({
      topic: z.string().min(1),
      /** where in a JSON payload the word stands; absent: the payload is the word */
      path: z.string().optional(),
      is: z.array(z.union([z.string(), number])).min(1),
    })
    .optional(),
  /** none: messages of these topics are known to hold no reading */
  fields: z.array(field),
});

const sample = z.strictObject({
  topic: z.string().min(1),
  /** what the same device said before */
  before: z.array(z.strictObject({ topic: z.string().min(1), payload: z.unknown() })).optional(),
  /** text as it is, anything else as JSON; `hex` for payloads that are no text */
  payload: z.unknown(),
  encoding: z.literal('hex').optional(),
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
    /** what to set at the device, step by step; docs/devices/ shows it */
    connect: z.array(z.string().min(1)).min(1).optional(),
    format: z.enum(formats),
    expireAfter: duration.optional(),
    presence: z.array(presenceSchema).min(1).optional(),
    keepAlive: keepAliveSchema.optional(),
    /** a payload without bytes says that the device has left */
    emptyMeansGone: z.literal(true).optional(),
    messages: z.array(message).min(1),
    samples: z.array(sample).min(1),
  });
}

export type ProfileSpec = z.infer<ReturnType<typeof profileSchema>>;
export type MessageSpec = ProfileSpec['messages'][number];
/** A field as the file says it, which may stand for one field a quantity. */
export type WrittenField = MessageSpec['fields'][number];
export type FieldSpec = Omit<WrittenField, 'to'> & { to: Exclude<WrittenField['to'], typeof ANY_QUANTITY> };
export type TimeSpec = NonNullable<MessageSpec['time']>;
export type SampleSpec = ProfileSpec['samples'][number];

/** Every quantity a field can fill. */
export function targetsOf(value: { to: Quantity | Quantity[]; spread?: Quantity[] | undefined }): Quantity[] {
  return [...(Array.isArray(value.to) ? value.to : [value.to]), ...(value.spread ?? [])];
}

/** The fields a written one stands for: itself, or one for each quantity whose name its path then has. */
export function fieldsOf(written: WrittenField): FieldSpec[] {
  const { to, register, ...rest } = written;
  if (to !== ANY_QUANTITY) return [{ ...written, to }];
  return QUANTITIES.map((name) => ({
    ...rest,
    to: name,
    path: written.path?.replaceAll(ANY_QUANTITY, name),
    ...(register !== undefined && REGISTERS.has(name) ? { register } : {}),
  }));
}

/** What a field that stands for all quantities cannot say: each comes in its own unit. */
function namedFaults(value: { path?: string | undefined }): { path: string[]; message: string }[] {
  const alone = ['unit', 'scale', 'offset', 'spread', 'sum', 'when'].filter((key) =>
    Object.hasOwn(value, key),
  );
  const faults = alone.map((key) => ({
    path: [key],
    message: `a field to: "${ANY_QUANTITY}" takes each quantity in its own unit and has no ${key}`,
  }));
  if (value.path?.includes(ANY_QUANTITY) === true) return faults;
  return [
    ...faults,
    { path: ['path'], message: `to: "${ANY_QUANTITY}" needs ${ANY_QUANTITY} in the path too` },
  ];
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
