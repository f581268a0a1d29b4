import { describe, expect, it } from 'vitest';
import { untoldRatioChanges } from '#lib/registry/ratio-change.ts';
import type { DeviceSource, Meter, MeterEvent, Registry } from '#lib/registry/types.ts';

const CHANGE: MeterEvent = { at: '2026-05-04T09:30:00+02:00', kind: 'ct-change' };
const LINE = { profile: 'mbmd', topic: 'mbmd/a', mission: 'm', camp: 'c', meter: 'genset-1' };

function registry(line: Partial<DeviceSource>, events: readonly MeterEvent[] = []): Registry {
  const meter: Meter = { source: 'diesel', ownership: 'un-owned', expectedIntervalS: 60, events };
  const other: Meter = { ...meter, events: [] };
  const camp = { name: 'C', headcount: [], meters: { 'genset-1': meter, 'genset-2': other } };
  const mission = { name: 'M', zone: 'UTC', targets: [], grid: [], camps: { c: camp } };
  return { missions: { m: mission }, pledges: [], sources: [{ ...LINE, ...line }] };
}

describe('another ratio of a device’s transformers', () => {
  it('is missed at the meter that is not told when it changed', () => {
    expect(untoldRatioChanges(registry({}), registry({ ctRatio: 40 }))).toEqual(['mbmd/a']);
    expect(untoldRatioChanges(registry({ ctRatio: 40 }), registry({}))).toEqual(['mbmd/a']);
    expect(untoldRatioChanges(registry({}), registry({ ctRatio: 40 }, [CHANGE]))).toEqual([]);
  });

  it('needs an event of its own: one of before does not count, nor one of another kind', () => {
    const before = registry({ ctRatio: 20 }, [CHANGE]);
    expect(untoldRatioChanges(before, registry({ ctRatio: 40 }, [CHANGE]))).toEqual(['mbmd/a']);
    const swapped = registry({ ctRatio: 40 }, [CHANGE, { ...CHANGE, kind: 'swap' }]);
    expect(untoldRatioChanges(before, swapped)).toEqual(['mbmd/a']);
  });

  it('may be told at any meter of the camp where the device’s own words name it', () => {
    const named = { meter: '{device}' };
    const after = registry({ ...named, ctRatio: 40 }, [CHANGE]);
    expect(untoldRatioChanges(registry(named), after)).toEqual([]);
  });

  it('is none where the line is new, or says in other words what it said', () => {
    expect(untoldRatioChanges({ ...registry({}), sources: [] }, registry({ ctRatio: 40 }))).toEqual([]);
    expect(untoldRatioChanges(registry({}), registry({ ctRatio: 1 }))).toEqual([]);
    expect(untoldRatioChanges(registry({ ctRatio: 40 }), registry({ ctRatio: 40, zone: 'UTC' }))).toEqual([]);
  });
});
