/**
 * Lines of the registry whose transformer ratio changes while none of their meters is told that it did: their registers
 * would go on from one scale to another, and the jump would count as energy. Pure.
 */
import { campOf } from './lookup.ts';
import type { DeviceSource, Meter, Registry } from './types.ts';

/** Their topics, in the order of the file. */
export function untoldRatioChanges(before: Registry, after: Registry): string[] {
  return after.sources
    .filter((line) => {
      const known = before.sources.find(
        ({ profile, topic }) => profile === line.profile && topic === line.topic,
      );
      if (known === undefined || (known.ctRatio ?? 1) === (line.ctRatio ?? 1)) return false;
      return !Object.entries(metersOf(after, line)).some(([slug, meter]) => {
        const told = metersOf(before, line)[slug];
        return changesOf(meter) > (told === undefined ? 0 : changesOf(told));
      });
    })
    .map(({ topic }) => topic);
}

/** The one that the line names; all of its camp where the device's own words name it. */
function metersOf(
  registry: Registry,
  { mission, camp, meter }: DeviceSource,
): Readonly<Record<string, Meter>> {
  const meters = campOf(registry, mission, camp)?.meters ?? {};
  if (meter.includes('{')) return meters;
  return Object.fromEntries(Object.entries(meters).filter(([slug]) => slug === meter));
}

function changesOf({ events }: Meter): number {
  return events.filter(({ kind }) => kind === 'ct-change').length;
}
