import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SaveReminder } from '../../../ingest/sources/save-reminder.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const remind = vi.fn();
  return { remind, reminder: new SaveReminder(remind) };
}

it('says nothing while each message is settled in time', () => {
  const { remind, reminder } = setUp();
  for (let index = 0; index < 100; index += 1) {
    reminder.noteTaken();
    vi.advanceTimersByTime(20);
    reminder.noteSettled();
  }
  vi.advanceTimersByTime(1_000);
  expect(remind).not.toHaveBeenCalled();
});

it('reminds once of what stays unsettled, however long that lasts', () => {
  const { remind, reminder } = setUp();
  reminder.noteTaken();
  reminder.noteTaken();
  vi.advanceTimersByTime(60_000);
  expect(remind).toHaveBeenCalledTimes(1);
});

it('reminds again of what came since', () => {
  const { remind, reminder } = setUp();
  reminder.noteTaken();
  vi.advanceTimersByTime(60);
  reminder.noteTaken();
  vi.advanceTimersByTime(60);
  expect(remind).toHaveBeenCalledTimes(2);
});

it('covers what came while it waited for the first', () => {
  const { remind, reminder } = setUp();
  reminder.noteTaken();
  vi.advanceTimersByTime(40);
  reminder.noteTaken();
  vi.advanceTimersByTime(60_000);
  expect(remind).toHaveBeenCalledTimes(1);
});

it('watches a message that came while an older one was settled just in time', () => {
  const { remind, reminder } = setUp();
  reminder.noteTaken();
  vi.advanceTimersByTime(40);
  reminder.noteTaken();
  reminder.noteSettled();
  vi.advanceTimersByTime(20);
  expect(remind).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60);
  expect(remind).toHaveBeenCalledTimes(1);
});

it('keeps to twenty a second under a flood that is not settled', () => {
  const { remind, reminder } = setUp();
  for (let ms = 0; ms < 1_000; ms += 1) {
    reminder.noteTaken();
    vi.advanceTimersByTime(1);
  }
  expect(remind.mock.calls.length).toBeLessThanOrEqual(20);
});

it('is quiet once its connection is gone', () => {
  const { remind, reminder } = setUp();
  reminder.noteTaken();
  reminder.retire();
  vi.advanceTimersByTime(1_000);
  expect(remind).not.toHaveBeenCalled();
});
