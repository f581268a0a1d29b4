/**
 * One camp, simulated day after day: loads, weather and dispatch become the registers of its meters. It
 * starts at the scenario's first day and goes through every day in order, so a restart finds the same
 * registers again by going through the same days, which takes a millisecond a day for all camps.
 */
import { dispatch, settle, type Battery, type Flows } from './dispatch.ts';
import { isResetting, resetsAt } from './faults.ts';
import { fuelRateLPerH, type GensetRoom } from './genset.ts';
import { loadOf, type LoadModel } from './load.ts';
import { chance, seedOf } from './noise.ts';
import type { CampPlan, MeterPlan } from './plan.ts';
import { recordEnergy, recordEngine, startTrack, type MeterTrack } from './track.ts';
import { STEPS, weatherOf, type Weather } from './weather.ts';

/** Electricity lost between the sources' meters and the loads' meters. */
export const DISTRIBUTION_LOSS = 0.015;

export interface CampSimulation {
  readonly plan: CampPlan;
  readonly meters: readonly MeterTrack[];
  /** Simulates the next day; the meters' `day` values are then those of that day. */
  nextDay(): void;
  /** the day the meters' values are of, counted from the start of the scenario; -1 before the first */
  day(): number;
}

/** `firstDay` in days since 1970-01-01 UTC; `key` is mission/camp. */
export function simulateCamp(
  plan: CampPlan,
  key: string,
  { firstDay, seed }: { firstDay: number; seed: number },
): CampSimulation {
  const camp = new Camp(plan, key, firstDay, seed);
  return { plan, meters: camp.meters, nextDay: () => camp.nextDay(), day: () => camp.day };
}

class Camp {
  readonly plan: CampPlan;
  readonly meters: MeterTrack[];
  day = -1;
  readonly #firstDay: number;
  readonly #seed: number;
  readonly #weatherOn: (day: number) => Weather;
  readonly #load: LoadModel;
  readonly #gensets: GensetRoom;
  readonly #battery: Battery | undefined;
  readonly #gridPlan: MeterPlan | undefined;
  readonly #flows: Flows = {
    loadW: 0,
    renewableW: 0,
    dieselW: 0,
    importW: 0,
    exportW: 0,
    dischargeW: 0,
    chargeW: 0,
  };
  readonly #availableW: Float64Array;
  readonly #isResetting: readonly boolean[];

  constructor(plan: CampPlan, key: string, firstDay: number, seed: number) {
    this.plan = plan;
    this.#firstDay = firstDay;
    this.#seed = seedOf(key, seed);
    this.meters = plan.meters.map((meter) => startTrack(meter, `${key}/${meter.slug}`, seed));
    this.#weatherOn = weatherOf({ key, lat: plan.lat, lon: plan.lon }, seed);
    this.#load = loadOf(plan, this.#seed);
    const ratedW = plan.meters.filter(({ source }) => source === 'diesel').map((set) => set.ratedW);
    this.#gensets = { ratedW, minSets: plan.minSets, running: 0 };
    const store = plan.meters.find(({ source }) => source === 'battery');
    this.#battery = store && {
      ratedW: store.ratedW,
      capacityWh: store.capacityWh,
      storedWh: store.capacityWh / 2,
    };
    this.#gridPlan = plan.meters.find(({ source }) => source === 'grid');
    this.#isResetting = this.meters.map((track) => isResetting(track.key));
    this.#availableW = new Float64Array(plan.meters.length);
  }

  nextDay(): void {
    this.day++;
    const day = this.#firstDay + this.day;
    const weather = this.#weatherOn(day);
    const lead = day % this.#gensets.ratedW.length;
    for (let step = 0; step < STEPS; step++) {
      const availableW = this.#lookOutside(weather, step);
      const temperatureC = weather.temperatureC[step] ?? 0;
      const solarHour = ((((step + 0.5) / 4 + this.plan.lon / 15) % 24) + 24) % 24;
      const loadW = this.#load({ scenarioDay: this.day, day, step, solarHour, temperatureC });
      const conditions = {
        demandW: loadW / (1 - DISTRIBUTION_LOSS),
        availableW,
        gridLimitW: this.#gridLimitW(day * STEPS + step),
        isExporting: this.#gridPlan?.isExporting === true,
        isEvening: solarHour >= 17 || solarHour < 5,
        lead,
      };
      dispatch(this.#flows, conditions, this.#gensets, this.#battery);
      this.#record(step, lead, availableW);
    }
  }

  /** What each renewable meter could show, and their sum, W. */
  #lookOutside(weather: Weather, step: number): number {
    let sum = 0;
    for (let index = 0; index < this.meters.length; index++) {
      const { source, ratedW, sinceDay } = (this.meters[index] as MeterTrack).plan;
      let fraction = 0;
      if (source === 'solar') fraction = weather.sun[step] ?? 0;
      else if (source === 'wind') fraction = weather.wind[step] ?? 0;
      else if (source === 'hydro') fraction = weather.water;
      const availableW = this.day >= sinceDay ? fraction * ratedW : 0;
      this.#availableW[index] = availableW;
      sum += availableW;
    }
    return sum;
  }

  /** Outages come in blocks of two hours; a camp's grid is rarely gone for good. */
  #gridLimitW(quarter: number): number {
    if (!this.#gridPlan) return 0;
    const isUp = chance(this.#seed + 11, Math.floor(quarter / 8)) < this.#gridPlan.gridUptime;
    return isUp ? this.#gridPlan.ratedW : 0;
  }

  #record(step: number, lead: number, availableW: number): void {
    const flows = this.#flows;
    const curtailed = availableW > 0 ? flows.renewableW / availableW : 0;
    const storedBeforeWh = this.#battery?.storedWh ?? 0;
    if (this.#battery) settle(this.#battery, flows);
    let set = -1;
    for (let index = 0; index < this.meters.length; index++) {
      const track = this.meters[index] as MeterTrack;
      if (this.#isResetting[index] === true && resetsAt(track.key, this.day * STEPS + step))
        track.forwardWh = track.reverseWh = 0;
      switch (track.plan.source) {
        case 'diesel':
          set++;
          this.#recordGenset(track, step, set, lead);
          break;
        case 'grid':
          recordEnergy(track, step, flows.importW, flows.exportW);
          break;
        case 'battery':
          recordEnergy(track, step, flows.dischargeW, flows.chargeW);
          track.day.chargePct[step] = (100 * storedBeforeWh) / track.plan.capacityWh;
          track.day.chargeStepPct[step] =
            (100 * ((this.#battery?.storedWh ?? 0) - storedBeforeWh)) / track.plan.capacityWh;
          break;
        case 'load':
          recordEnergy(track, step, flows.loadW * (1 - DISTRIBUTION_LOSS) * track.plan.loadShare, 0);
          break;
        case 'solar':
        case 'wind':
        case 'hydro':
          recordEnergy(track, step, (this.#availableW[index] ?? 0) * curtailed, 0);
      }
    }
  }

  #recordGenset(track: MeterTrack, step: number, set: number, lead: number): void {
    const { ratedW, running } = this.#gensets;
    const isRunning = (set - lead + ratedW.length) % ratedW.length < running;
    let runningW = 0;
    for (let index = 0; index < running; index++) runningW += ratedW[(lead + index) % ratedW.length] ?? 0;
    const fraction = isRunning ? this.#flows.dieselW / runningW : 0;
    const litres = isRunning ? (fuelRateLPerH(track.fuelRates, fraction) * track.thirst) / 4 : 0;
    // The tanker comes at nine, to tanks that are less than 45 % full.
    if (step === 28 && track.tankL < 0.45 * track.plan.tankL) track.tankL = 0.95 * track.plan.tankL;
    recordEnergy(track, step, fraction * track.plan.ratedW, 0);
    recordEngine(track, step, { isRunning, litres });
  }
}
