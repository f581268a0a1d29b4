import { describe, expect, it } from 'vitest';
import { parseLiveMessage } from '#lib/server/live/live-message.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const TOPIC = 'bluewatt/live/m/c/a';

describe('a live message', () => {
  it('becomes a reading with its instant in UTC and canonical quantities only', () => {
    const body =
      '{"at":"2026-11-01T02:00:00+02:00","activePowerW":92500,"mood":3,"voltageV":"230","__proto__":1}';
    expect(parseLiveMessage(TOPIC, bytes(body))).toEqual({
      mission: 'm',
      camp: 'c',
      meter: 'a',
      at: '2026-11-01T00:00:00.000Z',
      values: { activePowerW: 92_500 },
    });
  });

  it('is also read with its quantities under values and its instant in epoch ms', () => {
    const body = '{"at":1793491200000,"values":{"activePowerW":1}}';
    expect(parseLiveMessage(TOPIC, bytes(body))).toMatchObject({ values: { activePowerW: 1 } });
  });

  it.each([
    ['another topic', 'bluewatt/m/c/a/reading', '{"at":1}'],
    ['too few levels', 'bluewatt/live/m/c', '{"at":1}'],
    ['no slug', 'bluewatt/live/m/c/__proto__', '{"at":1}'],
    ['no instant', TOPIC, '{"activePowerW":1}'],
    ['an instant no calendar has', TOPIC, '{"at":1e300}'],
    ['no JSON', TOPIC, '{'],
    ['no object', TOPIC, '[1]'],
    ['nothing', TOPIC, ''],
    ['too much', TOPIC, `{"at":1,"x":"${'x'.repeat(20_000)}"}`],
  ])('is nothing when it is %s', (_, topic, body) => {
    expect(parseLiveMessage(topic, bytes(body))).toBeUndefined();
  });
});
