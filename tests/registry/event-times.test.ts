import { describe, expect, it } from 'vitest';
import { withOffsets } from '#lib/registry/event-times.ts';

describe('times of events', () => {
  const read = (text: string, zone: string) => withOffsets({ 'events[0].at': text }, zone)['events[0].at'];

  it('are taken in the mission’s own time, with the offset of that day', () => {
    expect(read('2026-05-04 09:30', 'Africa/Juba')).toBe('2026-05-04T09:30:00+02:00');
    expect(read(' 2026-01-04T09:30:15 ', 'Europe/Athens')).toBe('2026-01-04T09:30:15+02:00');
    expect(read('2026-07-04 09:30', 'Europe/Athens')).toBe('2026-07-04T09:30:00+03:00');
  });

  it.each([
    ['with an offset', '2026-05-04T09:30:00+05:45'],
    ['that came twice', '2026-10-25 03:30'],
    ['that never came', '2026-03-29 03:30'],
    ['that are none', 'yesterday'],
    ['of a day that is none', '2026-02-30 09:30'],
    ['without a time', '2026-05-04'],
    ['blank', ''],
  ])('%s stay as they were typed', (_, text) => {
    expect(read(text, 'Europe/Athens')).toBe(text);
  });

  it('are the only fields touched', () => {
    const typed = { name: '2026-05-04 09:30', 'owners[0].at': '2026-05-04 09:30' };
    expect(withOffsets(typed, 'Africa/Juba')).toEqual(typed);
  });
});
