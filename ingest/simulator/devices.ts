/**
 * How simulated meters word a live reading: the native contract, a Tasmota device's SENSOR message, or the
 * messages of a Shelly of the second generation; and the registry's lines that say whose devices those are.
 */
import type { DeviceSource } from '#lib/registry/types.ts';
import type { CampPlan, Device } from './plan.ts';

export interface DeviceMessage {
  readonly topic: string;
  readonly payload: string;
}

/** Where a meter sits, and how it talks. */
export interface DeviceAddress {
  readonly device: Device;
  readonly mission: string;
  readonly camp: string;
  readonly meter: string;
  /** the mission's zone: Tasmota tells local time without an offset */
  readonly zone: string;
}

/** The topic of the native contract; `key` is mission/camp/meter. */
export function nativeTopic(key: string): string {
  return `bluewatt/${key}/reading`;
}

/** The registry's `sources` lines of a camp; none where meters speak the native contract. */
export function deviceSources(mission: string, { slug, device }: CampPlan): DeviceSource[] {
  switch (device) {
    case 'native':
      return [];
    case 'tasmota':
      return [
        { profile: 'tasmota', topic: `tele/${slug}/{name}/SENSOR`, mission, camp: slug, meter: '{name}' },
      ];
    case 'shelly':
      return [
        { profile: 'shelly-gen2', topic: `${slug}/shelly/{name}`, mission, camp: slug, meter: '{name}' },
      ];
  }
}

/** The instant a device stamps a reading with: Tasmota knows whole seconds only. */
export function stampOf(device: Device, at: number): number {
  return device === 'tasmota' ? Math.floor(at / 1000) * 1000 : at;
}

/** One reading in the device's own words. `at` as {@link stampOf} gave it. */
export function deviceMessages(
  address: DeviceAddress,
  at: number,
  values: Record<string, number>,
): DeviceMessage[] {
  switch (address.device) {
    case 'native': {
      const key = `${address.mission}/${address.camp}/${address.meter}`;
      return [{ topic: nativeTopic(key), payload: JSON.stringify({ at, ...values }) }];
    }
    case 'tasmota':
      return [tasmotaMessage(address, at, values)];
    case 'shelly':
      return shellyMessages(address, at, values);
  }
}

const VOLTAGE_V = 230;

function tasmotaMessage(
  { camp, meter, zone }: DeviceAddress,
  at: number,
  values: Record<string, number>,
): DeviceMessage {
  const powerW = values['activePowerW'] ?? 0;
  const energy = {
    TotalStartTime: '2023-03-14T08:00:00',
    Total: Math.floor(values['energyForwardWh'] ?? 0) / 1000,
    Power: powerW,
    ApparentPower: Math.round(powerW / 0.97),
    Factor: 0.97,
    Voltage: VOLTAGE_V,
    Current: Math.round((powerW / 0.97 / VOLTAGE_V) * 1000) / 1000,
  };
  return {
    topic: `tele/${camp}/${meter}/SENSOR`,
    payload: JSON.stringify({ Time: localTime(at, zone), ENERGY: energy }),
  };
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** `2026-03-02T11:15:02`, local, as the device shows it. */
function localTime(at: number, zone: string): string {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    clocks.set(zone, clock);
  }
  return clock.format(at).replace(' ', 'T');
}

/** The status of the meter, which carries no time, and the notification, which does. */
function shellyMessages(
  { camp, meter }: DeviceAddress,
  at: number,
  values: Record<string, number>,
): DeviceMessage[] {
  const powerW = values['activePowerW'] ?? 0;
  const third = Math.round(powerW / 3);
  const em = {
    id: 0,
    a_voltage: VOLTAGE_V,
    a_act_power: third,
    b_voltage: VOLTAGE_V,
    b_act_power: third,
    c_voltage: VOLTAGE_V,
    c_act_power: powerW - 2 * third,
    total_act_power: powerW,
  };
  const emdata = {
    id: 0,
    total_act: values['energyForwardWh'] ?? 0,
    total_act_ret: values['energyReverseWh'] ?? 0,
  };
  const prefix = `${camp}/shelly/${meter}`;
  const params = { ts: at / 1000, 'em:0': em, 'emdata:0': emdata };
  return [
    { topic: `${prefix}/status/em:0`, payload: JSON.stringify(em) },
    {
      topic: `${prefix}/events/rpc`,
      payload: JSON.stringify({
        src: `shellypro3em-${meter}`,
        dst: `${prefix}/events`,
        method: 'NotifyStatus',
        params,
      }),
    },
  ];
}
