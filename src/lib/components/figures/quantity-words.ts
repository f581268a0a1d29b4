/** The canonical quantities' names in the reader's language. */
import type { Quantity } from '#lib/energy/quantity.ts';
import { m } from '#lib/paraglide/messages.js';

const WORDS: Readonly<Record<Quantity, () => string>> = {
  activePowerW: m.quantity_active_power,
  energyForwardWh: m.quantity_energy_forward,
  energyReverseWh: m.quantity_energy_reverse,
  fuelUsedL: m.quantity_fuel_used,
  fuelRateLPerH: m.quantity_fuel_rate,
  fuelLevelPct: m.quantity_fuel_level,
  fuelLevelL: m.quantity_fuel_level,
  runTimeS: m.quantity_run_time,
  starts: m.quantity_starts,
  loadPct: m.quantity_load,
  stateOfChargePct: m.state_of_charge,
  apparentPowerVA: m.quantity_apparent_power,
  reactivePowerVar: m.quantity_reactive_power,
  powerFactor: m.quantity_power_factor,
  frequencyHz: m.quantity_frequency,
  voltageV: m.quantity_voltage,
  voltageL1V: () => m.quantity_voltage_phase({ phase: 1 }),
  voltageL2V: () => m.quantity_voltage_phase({ phase: 2 }),
  voltageL3V: () => m.quantity_voltage_phase({ phase: 3 }),
  currentL1A: () => m.quantity_current_phase({ phase: 1 }),
  currentL2A: () => m.quantity_current_phase({ phase: 2 }),
  currentL3A: () => m.quantity_current_phase({ phase: 3 }),
  oilPressureKPa: m.quantity_oil_pressure,
  coolantC: m.quantity_coolant,
  batteryV: m.quantity_battery_voltage,
  irradianceWPerM2: m.quantity_irradiance,
  temperatureC: m.quantity_temperature,
  waterM3: m.quantity_water,
  headcount: m.quantity_headcount,
};

export function quantityWord(name: Quantity): string {
  return WORDS[name]();
}
