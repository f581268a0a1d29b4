/** The units that SenML packs tell, as units of the profiles' table. */
import type { UnitName } from './units.ts';

export interface ToldUnit {
  readonly unit: UnitName;
  /** what a number told in it has to be multiplied by to be in `unit` */
  readonly times: number;
}

const told = (unit: UnitName, times = 1): ToldUnit => ({ unit, times });

/** The registered units (RFC 8428 section 12.1, RFC 8798) that measure what Bluewatt knows. */
export const VALUE_UNITS: Readonly<Record<string, ToldUnit>> = {
  ...{ W: told('W'), kW: told('kW'), VA: told('VA'), kVA: told('kVA'), var: told('var'), kvar: told('kvar') },
  ...{ J: told('Ws'), Wh: told('Wh'), kWh: told('kWh'), V: told('V'), mV: told('mV'), A: told('A') },
  ...{ mA: told('mA'), Hz: told('Hz'), '/': told('ratio'), '%': told('%'), '%EL': told('%') },
  ...{ Cel: told('°C'), K: told('K'), ms: told('ms'), s: told('s'), min: told('min'), h: told('h') },
  ...{ Pa: told('Pa'), hPa: told('mbar'), l: told('L'), m3: told('m3'), 'l/s': told('L/min', 60) },
  ...{ 'm3/s': told('m3/h', 3600), 'W/m2': told('W/m2'), count: told('count') },
};

/** The same of sums: in the unit times seconds. */
export const SUM_UNITS: Readonly<Record<string, ToldUnit>> = {
  ...{ W: told('Ws'), kW: told('Ws', 1000), 'l/s': told('L'), 'm3/s': told('m3') },
};
