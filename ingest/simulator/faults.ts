/**
 * What is wrong in the simulated camps, on purpose: the faults that a monitoring system has to live with,
 * in one table. Days and hours are counted from the start of the scenario; every fault is a pure function
 * of time, so history, live readings and restarts agree on it.
 */
export type Fault =
  /** the register falls to 0 once, as after a swap nobody recorded */
  | { readonly kind: 'reset'; readonly meter: string; readonly day: number }
  /** the register starts at 0 after every power cut of the meter */
  | { readonly kind: 'volatile'; readonly meter: string; readonly everyDays: number }
  /** silent now and then; what it recorded meanwhile comes later, in one message */
  | { readonly kind: 'late'; readonly meter: string; readonly everyH: number; readonly forH: number }
  /** silent now and then; what it would have said is lost, only the register remembers */
  | { readonly kind: 'lossy'; readonly meter: string; readonly everyH: number; readonly forH: number }
  /** silent from a day on, for good */
  | { readonly kind: 'dead'; readonly meter: string; readonly day: number }
  /** has lost its clock: messages without `at` */
  | { readonly kind: 'no-clock'; readonly meter: string }
  /** a message cut short now and then, beside the good ones */
  | { readonly kind: 'malformed'; readonly meter: string; readonly everyDays: number };

/** `meter` is mission/camp/meter, or mission/camp or mission for all meters below. */
export const FAULTS: readonly Fault[] = [
  { kind: 'reset', meter: 'unmiss/malakal/genset-2', day: 151 },
  { kind: 'reset', meter: 'unifil/shamaa/pv-1', day: 301 },
  { kind: 'volatile', meter: 'minusca/bouar/pv-1', everyDays: 9 },
  { kind: 'late', meter: 'unmiss/juba-un-house/pv-1', everyH: 216, forH: 30 },
  { kind: 'late', meter: 'unsos/baidoa', everyH: 620, forH: 52 },
  { kind: 'late', meter: 'monusco/bukavu/hydro-1', everyH: 3, forH: 0.5 },
  { kind: 'lossy', meter: 'unisfa', everyH: 31, forH: 3.75 },
  { kind: 'dead', meter: 'undof/position-80', day: 405 },
  { kind: 'dead', meter: 'monusco/beni/genset-2', day: 388 },
  { kind: 'no-clock', meter: 'minusca/bria/load-1' },
  { kind: 'malformed', meter: 'unsos/kismayo/pv-1', everyDays: 30 },
];

/** Whether a meter's reading of one instant is sent at once, later, or never. */
export type Delivery = 'sent' | 'late' | 'lost';

const QUARTERS_PER_DAY = 96;

/** Names the meters of `key`'s own faults: exact, or of its camp or mission. */
function concerns(fault: Fault, key: string): boolean {
  return key === fault.meter || key.startsWith(`${fault.meter}/`);
}

export function faultsOf(key: string): readonly Fault[] {
  return FAULTS.filter((fault) => concerns(fault, key));
}

const RESETTING = FAULTS.flatMap((fault) =>
  fault.kind === 'reset' || fault.kind === 'volatile' ? [fault] : [],
);

/** Whether the register of a meter ever falls. */
export function isResetting(key: string): boolean {
  return RESETTING.some(({ meter }) => meter === key);
}

/** Whether the register of a meter falls to 0 at the first instant of a quarter-hour of the scenario. */
export function resetsAt(key: string, quarter: number): boolean {
  for (const fault of RESETTING) {
    if (fault.meter !== key) continue;
    // Power cuts come at 05:15, resets at 08:00 UTC.
    if (fault.kind === 'reset') return quarter === fault.day * QUARTERS_PER_DAY + 32;
    return quarter > 0 && quarter % (fault.everyDays * QUARTERS_PER_DAY) === 21;
  }
  return false;
}

/** How readings of a meter reach the broker, by hours since the start of the scenario; undefined: all at once. */
export function deliveryOf(key: string): ((hour: number) => Delivery) | undefined {
  const rules = faultsOf(key).flatMap((fault): ((hour: number) => Delivery | undefined)[] => {
    switch (fault.kind) {
      case 'late':
      case 'lossy': {
        const absent = fault.kind === 'late' ? 'late' : 'lost';
        return [(hour) => (hour % fault.everyH >= fault.everyH - fault.forH ? absent : undefined)];
      }
      case 'dead':
        return [(hour) => (hour >= fault.day * 24 + 7 ? 'lost' : undefined)];
      case 'no-clock':
        return [() => 'lost'];
      case 'reset':
      case 'volatile':
      case 'malformed':
        return [];
    }
  });
  if (rules.length === 0) return undefined;
  return (hour) => {
    for (const rule of rules) {
      const delivery = rule(hour);
      if (delivery !== undefined) return delivery;
    }
    return 'sent';
  };
}
