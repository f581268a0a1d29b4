/** What the pages about unknown devices are given, and the words for it. */
import { m } from '#lib/paraglide/messages.js';
import type { SourceField } from '#lib/registry/add-source.ts';

export interface SampleView {
  readonly topic: string;
  /** epoch ms */
  readonly receivedAt: number;
  readonly content:
    | { readonly kind: 'json'; readonly value?: unknown }
    | { readonly kind: 'text'; readonly text: string }
    | {
        readonly kind: 'binary';
        readonly bytes: number;
        readonly head?: string | undefined;
        readonly form?: 'sparkplug' | undefined;
      }
    | { readonly kind: 'empty' };
}

export interface GroupView {
  readonly shape: string;
  readonly lastAt: number;
  readonly count: number;
  readonly kept: number;
  readonly perMinute: number;
  /** the profile that reads it already */
  readonly profile: string | null;
  readonly leaves: readonly { readonly name: string; readonly samples: readonly SampleView[] }[];
}

export interface TriedView extends SampleView {
  readonly isRead: boolean;
  readonly readings: readonly { readonly meter: string; readonly values: Readonly<Record<string, number>> }[];
  readonly rejections: readonly { readonly reason: string; readonly detail: string }[];
}

export interface QuestionView {
  readonly id: string;
  readonly code: 'unit' | 'sum' | 'which';
  readonly quantity: string;
  readonly place: string;
  readonly shown: readonly number[];
  readonly options: readonly string[];
  readonly answer?: string | undefined;
}

/** What was typed or is proposed. */
export interface DeviceText {
  readonly yaml: string;
  readonly fields: Readonly<Partial<Record<SourceField, string>>>;
}

/** Where in the text something is wrong, both from 1; null for the text as a whole. */
export interface ProfileMistake {
  readonly line: number | null;
  readonly column: number | null;
  readonly text: string;
}

export type DeviceProblem =
  | {
      readonly reason: 'profile';
      readonly problems: readonly ProfileMistake[];
    }
  | { readonly reason: 'fields'; readonly fields: readonly SourceField[] }
  | { readonly reason: 'exists'; readonly profile: string }
  | { readonly reason: 'failed' };

export function groupHref(shape: string): string {
  return `/onboarding/device?shape=${encodeURIComponent(shape)}`;
}

/** The last levels behind the shape, for a line. */
export function leafNames({ leaves }: GroupView): string {
  return leaves
    .slice(0, 6)
    .map(({ name }) => name)
    .join(' | ');
}

const SHOWN_CHARS = 160;

export function sampleText({ content }: SampleView): string {
  switch (content.kind) {
    case 'json':
      return clipped(JSON.stringify(content.value) ?? '');
    case 'text':
      return clipped(content.text);
    case 'binary':
      if (content.form === 'sparkplug') return m.onboarding_sparkplug({ bytes: content.bytes });
      return content.head === undefined
        ? m.onboarding_binary({ bytes: content.bytes })
        : m.onboarding_binary_head({ bytes: content.bytes, head: content.head });
    case 'empty':
      return m.onboarding_empty();
  }
}

function clipped(text: string): string {
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

const BECAUSE: Readonly<Record<string, () => string>> = {
  'name-and-unit': m.onboarding_because_name_and_unit,
  'unit-beside': m.onboarding_because_unit_beside,
  'home-assistant': m.onboarding_because_home_assistant,
  'usual-unit': m.onboarding_because_usual_unit,
  'power-time': m.onboarding_because_power_time,
  'volt-ampere': m.onboarding_because_volt_ampere,
  answered: m.onboarding_because_answered,
  'own-unit': m.onboarding_because_own_unit,
  'sum-asked': m.onboarding_because_sum,
  'phases-left': m.onboarding_because_phases_left,
  'daily-left': m.onboarding_because_daily_left,
  'total-chosen': m.onboarding_because_total_chosen,
};

/** A reason of a newer worker that this dashboard has no words for is told by its code. */
export function becauseWords(code: string): string {
  return BECAUSE[code]?.() ?? code;
}

const CONFIDENCE = {
  high: m.onboarding_confidence_high,
  medium: m.onboarding_confidence_medium,
  low: m.onboarding_confidence_low,
  none: m.onboarding_confidence_none,
};

export function confidenceWords(confidence: keyof typeof CONFIDENCE): string {
  return CONFIDENCE[confidence]();
}

/** What to do where no profile can be suggested. */
export function nothingWords(nothing: string | undefined): string | undefined {
  if (nothing === 'sparkplug') return m.onboarding_sparkplug_hint();
  return nothing === 'gencomm' ? m.onboarding_gencomm_hint() : undefined;
}

export function questionWords({ code, quantity, place, shown }: QuestionView): string {
  const numbers = shown.join(', ');
  if (code === 'unit') return m.onboarding_ask_unit({ quantity, place, shown: numbers });
  if (code === 'sum') return m.onboarding_ask_sum({ quantity, place, shown: numbers });
  return m.onboarding_ask_which({ quantity });
}

const LABELS: Readonly<Record<SourceField, () => string>> = {
  place: m.onboarding_place,
  missionName: m.onboarding_mission_name,
  zone: m.onboarding_zone,
  campName: m.onboarding_camp_name,
  topic: m.onboarding_topic,
  meter: m.onboarding_meter,
};

export function sourceLabel(field: SourceField): string {
  return LABELS[field]();
}
