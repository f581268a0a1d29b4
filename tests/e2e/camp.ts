/**
 * One camp and one hour of it, as its meters tell it: a genset that speaks the native contract, a PV field
 * behind a Tasmota plug, the grid behind a Shelly Pro 3EM. What follows from it is worked out by hand below.
 *
 *   meter     speaks    source   register, first → last            Wh        renewable Wh
 *   genset-1  native    diesel   1,048,575,250 → 1,048,875,250 Wh  300,000         0
 *   pv-1      Tasmota   solar         1,290.396 → 1,440.396 kWh    150,000   150,000
 *   grid-1    Shelly    grid     2,589,773.39 → 2,639,773.39 Wh     50,000    12,500   a quarter of it
 *   ------------------------------------------------------------------------------
 *   total                                                          500,000   162,500   share 0.325, diesel 0.6
 *   of it renewable on site, without the grid's part                         150,000   share 0.3
 *
 * Later somebody registers pv-2, which has published all along:
 *
 *   pv-2      native    solar              70,000 → 170,000 Wh     100,000   100,000
 *   ------------------------------------------------------------------------------
 *   total                                                          600,000   262,500   share 0.4375, diesel 0.5
 */
export const MISSION = 'cedar';
export const CAMP = 'ridge';
export const GRID_RENEWABLE_FRACTION = 0.25;

export const BY_HAND = {
  electricityWh: {
    total: 500_000,
    solar: 150_000,
    wind: 0,
    hydro: 0,
    diesel: 300_000,
    grid: 50_000,
    gridRenewable: 12_500,
    exported: 0,
  },
  renewableShare: 0.325,
  dieselShare: 0.6,
  onSiteRenewableShare: 0.3,
  shownShare: '32.5%',
} as const;

export const BY_HAND_WITH_PV_2 = {
  electricityWh: { ...BY_HAND.electricityWh, total: 600_000, solar: 250_000 },
  renewableShare: 0.4375,
  dieselShare: 0.5,
  shownShare: '43.8%',
} as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Beirut is two or three hours ahead, so a device's local time is not UTC by accident. */
const ZONE = 'Asia/Beirut';

/** The hour the meters tell of: yesterday, 10 to 11 UTC. */
export const HOUR_FROM = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS + 10 * HOUR_MS;
const INSTANTS = Array.from({ length: 13 }, (_, index) => HOUR_FROM + index * 5 * MINUTE_MS);

/** `YYYY-MM-DD`: two days around the hour and everything that is published while the test runs. */
export const PERIOD = { from: dateOf(Date.now() - 2 * DAY_MS), to: dateOf(Date.now() + DAY_MS) };

export function registryYaml({ hasPv2 = false } = {}): string {
  return `
missions:
  ${MISSION}:
    name: Cedar Mission
    zone: ${ZONE}
    targets: [{ year: 2030, renewableShare: 0.8 }]
    grid: [{ from: 2020-01-01, renewableFraction: ${String(GRID_RENEWABLE_FRACTION)}, source: test }]
    camps:
      ${CAMP}:
        name: Ridge post
        meters:
          genset-1: { source: diesel, ratedW: 500000 }
          pv-1: { source: solar, ratedW: 300000, ownership: coe-wet, unit: CEDENG, country: BD }
          grid-1: { source: grid, ownership: host-grid }
${hasPv2 ? '          pv-2: { source: solar, ratedW: 200000 }\n' : ''}sources:
  - { profile: tasmota, topic: tele/pv-roof, mission: ${MISSION}, camp: ${CAMP}, meter: pv-1 }
  - { profile: shelly-gen2, topic: ridge/mains, mission: ${MISSION}, camp: ${CAMP}, meter: grid-1 }
`;
}

export const GENSET_LAST_WH = 1_048_875_250;

export function nativeTopic(meter: string, camp = CAMP): string {
  return `bluewatt/${MISSION}/${camp}/${meter}/reading`;
}

/** Thirteen native messages of a register that rises evenly over the hour. */
export function nativeHour({ firstWh, lastWh }: { firstWh: number; lastWh: number }): string[] {
  return INSTANTS.map((at, index) =>
    JSON.stringify({
      at: new Date(at).toISOString(),
      activePowerW: lastWh - firstWh,
      energyForwardWh: firstWh + ((lastWh - firstWh) * index) / 12,
    }),
  );
}

export const gensetHour = (): string[] => nativeHour({ firstWh: 1_048_575_250, lastWh: GENSET_LAST_WH });
export const pv2Hour = (): string[] => nativeHour({ firstWh: 70_000, lastWh: 170_000 });

/** `tele/…/SENSOR` of a Tasmota plug: kWh, and local time without an offset. */
export function tasmotaHour(): string[] {
  return INSTANTS.map((at, index) =>
    JSON.stringify({
      Time: localTime(at),
      ENERGY: {
        TotalStartTime: '2025-11-14T18:39:40',
        Total: Number((1_290.396 + 12.5 * index).toFixed(3)),
        Yesterday: 5.34,
        Today: 0.954,
        Period: 21,
        Power: 150_000,
        ApparentPower: 151_000,
        ReactivePower: 2_820,
        Factor: 0.99,
        Voltage: 227,
        Current: 11.661,
      },
    }),
  );
}

/** `status/em:0` of a Shelly Pro 3EM: no time in it, nothing but the state. */
export function shellyPower(): string {
  return JSON.stringify({
    id: 0,
    a_current: 2.392,
    a_voltage: 229,
    a_act_power: 375.5,
    a_aprt_power: 547.4,
    a_pf: 0.76,
    a_freq: 50,
    b_current: 1.037,
    b_voltage: 229.1,
    b_act_power: 170.8,
    c_current: 0.428,
    c_voltage: 229.2,
    c_act_power: 12.7,
    n_current: null,
    total_current: 3.856,
    total_act_power: 558.965,
    total_aprt_power: 882.413,
    user_calibrated_phase: [],
  });
}

/** `status/emdata:0` of the same device. */
export function shellyEnergy(totalWh: number): string {
  return JSON.stringify({
    id: 0,
    a_total_act_energy: totalWh - 1_000,
    a_total_act_ret_energy: 0,
    b_total_act_energy: 600,
    c_total_act_energy: 400,
    total_act: totalWh,
    total_act_ret: 0,
  });
}

function localTime(at: number): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: ZONE,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(at);
  return parts.replace(' ', 'T');
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
