/** Times of a meter's events as people type them, in the mission's own time. Pure. */
import { toLocalTimestamp } from '../energy/calendar.ts';
import { localInstant } from '../energy/local-instant.ts';
import type { Typed } from './edit.ts';

const EVENT_TIME = /^events\[\d+\]\.at$/;

/**
 * With the offset that a local time has in `zone`: `2026-05-04 09:30` → `2026-05-04T09:30:00+02:00`. What is no local time, or
 * one that came twice or never, stays as it was typed, for the registry's rules to refuse.
 */
export function withOffsets(typed: Typed, zone: string): Typed {
  const entries = Object.entries(typed).map(([field, text]): [string, string] => {
    const instant = EVENT_TIME.test(field) ? localInstant(text.trim(), zone) : undefined;
    return [field, instant?.ok === true ? toLocalTimestamp(instant.at, zone) : text];
  });
  return Object.fromEntries(entries);
}
