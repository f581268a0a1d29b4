/**
 * What feeds a camp in one quarter of an hour. Sun, wind and water come first; what they leave over charges
 * the battery, then leaves through the grid meter, then is curtailed. What they lack comes from the battery
 * (evenings and nights), the grid while it is there, and gensets. The flows always balance:
 * sources − export + discharge − charge = load.
 */
import { commit, MINIMUM_LOAD, ratedOf, type GensetRoom } from './genset.ts';

/** Watts, means over the step, none negative. Written by {@link dispatch}; reused from step to step. */
export interface Flows {
  loadW: number;
  /** on-site renewables after curtailment */
  renewableW: number;
  dieselW: number;
  importW: number;
  exportW: number;
  dischargeW: number;
  chargeW: number;
}

export interface Battery {
  readonly ratedW: number;
  readonly capacityWh: number;
  storedWh: number;
}

export interface Conditions {
  /** what the camp asks for */
  readonly demandW: number;
  /** what sun, wind and water could give */
  readonly availableW: number;
  /** what the grid can give right now; 0 during an outage */
  readonly gridLimitW: number;
  readonly isExporting: boolean;
  readonly isEvening: boolean;
  /** index of the set that leads today */
  readonly lead: number;
}

const STEP_H = 0.25;
/** Kept in the battery, so that it can hold the bus up when a set trips. */
const RESERVE = 0.2;
/** Charged a unit, the battery gives back this much of it. */
export const BATTERY_EFFICIENCY = 0.9;

export function dispatch(
  flows: Flows,
  conditions: Conditions,
  gensets: GensetRoom,
  battery: Battery | undefined,
): void {
  const { demandW, availableW, gridLimitW, isExporting, lead } = conditions;
  flows.loadW = demandW;
  flows.renewableW = availableW;
  flows.dieselW = flows.importW = flows.exportW = flows.dischargeW = flows.chargeW = 0;

  const lackW = demandW - availableW;
  if (lackW > 0) cover(flows, conditions, gensets, battery, lackW);
  // Without grid or battery somebody has to hold voltage and frequency: a set runs however bright the day.
  const canHoldBus =
    gridLimitW > 0 || (battery !== undefined && battery.storedWh > RESERVE * battery.capacityWh);
  if (flows.dieselW > 0 || !canHoldBus) runGensets(flows, gensets, lead, demandW);
  else gensets.running = 0;

  let surplusW = flows.renewableW + flows.dieselW + flows.importW + flows.dischargeW - demandW;
  if (surplusW <= 0) {
    flows.loadW = demandW + surplusW; // load is shed when everything together is too little
    return;
  }
  for (const key of ['dischargeW', 'importW'] as const) {
    const cut = Math.min(surplusW, flows[key]);
    flows[key] -= cut;
    surplusW -= cut;
  }
  if (battery) {
    const roomWh = battery.capacityWh - battery.storedWh;
    flows.chargeW = Math.min(surplusW, battery.ratedW, roomWh / BATTERY_EFFICIENCY / STEP_H);
    surplusW -= flows.chargeW;
  }
  if (isExporting && gridLimitW > 0) {
    flows.exportW = Math.min(surplusW, gridLimitW);
    surplusW -= flows.exportW;
  }
  flows.renewableW = Math.max(0, flows.renewableW - surplusW);
}

/** Battery, then grid, then diesel for what is lacking. */
function cover(
  flows: Flows,
  { gridLimitW, isEvening }: Conditions,
  gensets: GensetRoom,
  battery: Battery | undefined,
  lackW: number,
): void {
  if (battery && isEvening) {
    const spareWh = Math.max(0, battery.storedWh - RESERVE * battery.capacityWh);
    flows.dischargeW = Math.min(lackW, battery.ratedW, spareWh / STEP_H);
  }
  flows.importW = Math.min(lackW - flows.dischargeW, gridLimitW);
  const ratedW = ratedOf(gensets, 0, gensets.ratedW.length);
  flows.dieselW = Math.min(lackW - flows.dischargeW - flows.importW, ratedW);
}

/** No less than the sets' minimum, if the camp can use that much: the sun makes way for it. */
function runGensets(flows: Flows, gensets: GensetRoom, lead: number, demandW: number): void {
  commit(gensets, lead, flows.dieselW);
  const minimumW = MINIMUM_LOAD * ratedOf(gensets, lead, gensets.running);
  flows.dieselW = Math.max(flows.dieselW, Math.min(minimumW, demandW));
}

/** Moves the battery's store on by one step. */
export function settle(battery: Battery, flows: Flows): void {
  const storedWh = battery.storedWh + (flows.chargeW * BATTERY_EFFICIENCY - flows.dischargeW) * STEP_H;
  battery.storedWh = Math.min(battery.capacityWh, Math.max(0, storedWh));
}
