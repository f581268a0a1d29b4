/**
 * Home Assistant's discovery messages (`homeassistant/…/config`): what a device says of its own values. Taken as a
 * proposal that a person confirms, and only where the value is a plain member of the payload. Source: the MQTT
 * integration's documentation, "MQTT Discovery" and "Supported abbreviations in MQTT discovery messages".
 */
import type { Quantity } from '#lib/energy/quantity.ts';
import type { InboundMessage } from '../../decode/message.ts';
import { readJson } from '../../decode/payload.ts';
import type { UnitName } from '../../decode/units.ts';
import { writtenUnit } from './unit-names.ts';

/** One value that a device has announced. Plain JSON. */
export interface Announcement {
  readonly stateTopic: string;
  /** JSON Pointer in the payload; empty where the payload is the value */
  readonly path: string;
  readonly quantity: Quantity;
  readonly unit: UnitName;
}

const CONFIG_BYTES_MAX = 16_384;
const TEXT_CHARS_MAX = 256;
const QUANTITIES: Readonly<Record<string, Quantity>> = {
  power: 'activePowerW',
  energy: 'energyForwardWh',
  voltage: 'voltageV',
  current: 'currentL1A',
  frequency: 'frequencyHz',
  power_factor: 'powerFactor',
  apparent_power: 'apparentPowerVA',
  reactive_power: 'reactivePowerVar',
  irradiance: 'irradianceWPerM2',
  temperature: 'temperatureC',
};
/** `{{ value_json.ENERGY.Power }}`, `{{ value_json['power'] | float }}`: members only, no arithmetic. */
const TEMPLATE =
  /^\{\{\s*value_json((?:\.[A-Za-z_]\w*|\[(?:'[^']+'|"[^"]+")\])+)\s*(?:\|\s*(?:float|int|round(?:\(\d\))?)(?:\(0\))?\s*)*\}\}$/;
const MEMBER = /\.([A-Za-z_]\w*)|\[(?:'([^']+)'|"([^"]+)")\]/g;

export function isAnnouncement(topic: string): boolean {
  return topic.startsWith('homeassistant/') && topic.endsWith('/config');
}

/** What a discovery message announces; undefined where it is none of ours, or no plain member. */
export function readAnnouncement({ payload }: InboundMessage): Announcement | undefined {
  if (payload.length === 0 || payload.length > CONFIG_BYTES_MAX) return undefined;
  const json = readJson(payload);
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return undefined;
  const config = json.value as Readonly<Record<string, unknown>>;
  const text = (long: string, short: string): string => {
    const value = Object.hasOwn(config, long)
      ? config[long]
      : Object.hasOwn(config, short)
        ? config[short]
        : undefined;
    return typeof value === 'string' && value.length <= TEXT_CHARS_MAX ? value : '';
  };
  const quantity = QUANTITIES[text('device_class', 'dev_cla')];
  const base = text('~', '~');
  const stateTopic = text('state_topic', 'stat_t').replace(/^~|~$/, base);
  const path = pathIn(text('value_template', 'val_tpl'));
  if (quantity === undefined || stateTopic === '' || path === undefined) return undefined;
  const unit = writtenUnit(
    text('unit_of_measurement', 'unit_of_meas') || (quantity === 'powerFactor' ? 'pf' : ''),
    quantity,
  );
  return unit === undefined ? undefined : { stateTopic, path, quantity, unit };
}

function pathIn(template: string): string | undefined {
  if (template === '' || /^\{\{\s*value\s*(\|\s*float\s*)?\}\}$/.test(template)) return '';
  const members = TEMPLATE.exec(template)?.[1];
  if (members === undefined) return undefined;
  const names = [...members.matchAll(MEMBER)].map(
    ([, plain, single, double]) => plain ?? single ?? double ?? '',
  );
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const ANNOUNCEMENTS_MAX = 300;

/** The newest announcements, by discovery topic; the oldest make room. */
export class Announcements {
  readonly #byTopic: Map<string, Announcement>;
  #isChanged = false;

  constructor(known: Iterable<readonly [topic: string, announced: Announcement]> = []) {
    this.#byTopic = new Map([...known].slice(-ANNOUNCEMENTS_MAX));
  }

  /** Returns whether it was one. */
  note(message: InboundMessage): boolean {
    if (!isAnnouncement(message.topic) || message.topic.length > TEXT_CHARS_MAX) return false;
    const announced = readAnnouncement(message);
    this.#byTopic.delete(message.topic);
    if (announced === undefined) return true;
    this.#byTopic.set(message.topic, announced);
    this.#isChanged = true;
    const [oldest] = this.#byTopic.keys();
    if (this.#byTopic.size > ANNOUNCEMENTS_MAX && oldest !== undefined) this.#byTopic.delete(oldest);
    return true;
  }

  list(): readonly Announcement[] {
    return [...this.#byTopic.values()];
  }

  /** By discovery topic. */
  entries(): ReadonlyMap<string, Announcement> {
    return this.#byTopic;
  }

  /** Whether one came since this was last asked. */
  takeChanged(): boolean {
    const isChanged = this.#isChanged;
    this.#isChanged = false;
    return isChanged;
  }
}
