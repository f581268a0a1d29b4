/**
 * The weather over one camp on one UTC day, quarter-hour by quarter-hour: sun, clouds that stay for days,
 * temperature, wind and water. A pure function of the place, the day and the seed.
 */
import { chance, drift, seedOf } from './noise.ts';

export const STEPS = 96;

/** One value a step, taken at the middle of the step. */
export interface Weather {
  /** photovoltaic output as a fraction of peak power, before curtailment */
  readonly sun: Float64Array;
  /** wind turbine output as a fraction of rated power */
  readonly wind: Float64Array;
  /** °C */
  readonly temperatureC: Float64Array;
  /** run-of-river output as a fraction of rated power; the same all day */
  water: number;
}

export interface Place {
  readonly key: string;
  readonly lat: number;
  readonly lon: number;
}

/** Inverter, wiring, dust and heat: output at the meter over nominal output. */
const PERFORMANCE_RATIO = 0.8;
const RADIANS = Math.PI / 180;

/** Makes the function that fills the same arrays for any day; `day` counts from 1970-01-01 UTC. */
export function weatherOf(place: Place, seed: number): (day: number) => Weather {
  const cloudSeed = seedOf(`${place.key}/cloud`, seed);
  const windSeed = seedOf(`${place.key}/wind`, seed);
  const waterSeed = seedOf(`${place.key}/water`, seed);
  const hourAngleCos = Float64Array.from({ length: STEPS }, (_, step) =>
    Math.cos(((step + 0.5) / 4 + place.lon / 15 - 12) * 15 * RADIANS),
  );
  const afternoonCos = Float64Array.from({ length: STEPS }, (_, step) =>
    Math.cos(((step + 0.5) / 4 + place.lon / 15 - 14.5) * 15 * RADIANS),
  );
  const weather: Weather = {
    sun: new Float64Array(STEPS),
    wind: new Float64Array(STEPS),
    temperatureC: new Float64Array(STEPS),
    water: 0,
  };

  return (day) => {
    const yearAngle = (2 * Math.PI * ((day + 9.5) % 365.2425)) / 365.2425;
    const declination = -23.44 * RADIANS * Math.cos(yearAngle);
    const sinProduct = Math.sin(place.lat * RADIANS) * Math.sin(declination);
    const cosProduct = Math.cos(place.lat * RADIANS) * Math.cos(declination);
    const cloudiness = cloudinessOf(place.lat, yearAngle, drift(cloudSeed, day / 2.7));
    const meanC = 28 - Math.max(0, Math.abs(place.lat) - 12) * 0.38 - place.lat * 0.23 * Math.cos(yearAngle);
    const swingC = 3.5 + 3 * (1 - cloudiness);
    for (let step = 0; step < STEPS; step++) {
      const height = sinProduct + cosProduct * (hourAngleCos[step] ?? 0);
      const passing = chance(cloudSeed + 1, day * STEPS + step) * cloudiness * 0.4;
      const clear = Math.max(0.08, 1 - 0.72 * cloudiness - passing);
      weather.sun[step] = height > 0 ? PERFORMANCE_RATIO * height ** 1.15 * clear : 0;
      weather.temperatureC[step] = meanC + swingC * (afternoonCos[step] ?? 0);
      weather.wind[step] = turbine(
        drift(windSeed, day / 1.6 + step / 154),
        drift(windSeed + 1, day * 12 + step / 8),
      );
    }
    weather.water = 0.55 + 0.25 * drift(waterSeed, day / 20) - 0.2 * Math.cos(yearAngle * 2);
    return weather;
  };
}

/** 0 clear .. 1 overcast: a rainy summer near the equator, a rainy winter further north. */
function cloudinessOf(lat: number, yearAngle: number, chanceOfDay: number): number {
  const winter = (1 + Math.cos(yearAngle)) / 2;
  const season = Math.abs(lat) > 20 ? winter : 1 - winter * 0.5;
  return Math.min(1, chanceOfDay ** 1.7 * (0.35 + 0.65 * season));
}

/** Cubic between cut-in and rated wind, as a power curve is; `gust` shakes it a little. */
function turbine(strength: number, gust: number): number {
  const speed = Math.max(0, strength * 1.15 + (gust - 0.5) * 0.25 - 0.12);
  return speed >= 0.95 ? 1 : (speed / 0.95) ** 3;
}
