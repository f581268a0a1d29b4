import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapeOf } from '../../../ingest/onboarding/topic-shape.ts';
import { TopicGroups } from '../../../ingest/onboarding/topic-groups.ts';

const START = Date.parse('2026-11-24T12:00:00Z');
const message = (topic: string, payload: string, afterMs = 0) => ({
  topic,
  payload: Buffer.from(payload),
  retain: false,
  receivedAt: START + afterMs,
});
const shapes = (groups: TopicGroups) => groups.list(START).map(({ shape }) => shape);

describe('the shape of a topic', () => {
  it('leaves open the levels that tell devices apart, and keeps those that say what is told', () => {
    expect(shapeOf('acme/7c9ebd/status')).toEqual({ above: 'acme/+', leaf: 'status' });
    expect(shapeOf('acme/v2/meter-3/voltage1')).toEqual({ above: 'acme/v2/+', leaf: 'voltage1' });
    expect(shapeOf('sensors/aa:bb:cc:dd:ee:01')).toEqual({ above: 'sensors', leaf: '+' });
    expect(shapeOf('plain')).toEqual({ above: '', leaf: 'plain' });
    expect(shapeOf('users/ops@camp.org/kW')).toEqual({ above: 'users/+', leaf: 'kW' });
  });
});

describe('topic groups', () => {
  it('put devices of one kind together and tell their messages apart', () => {
    const groups = new TopicGroups();
    for (const device of ['meter-1', 'meter-2'])
      for (const leaf of ['power', 'energy']) groups.note(message(`acme/${device}/${leaf}`, '1'), true);
    const [group, ...others] = groups.list(START);
    expect(others).toEqual([]);
    expect(group).toMatchObject({ shape: 'acme/+', count: 4, kept: 4 });
    expect(group?.leaves.map(({ name, count }) => [name, count])).toEqual([
      ['power', 2],
      ['energy', 2],
    ]);
    expect(group?.leaves[0]?.samples.map(({ topic }) => topic)).toEqual([
      'acme/meter-1/power',
      'acme/meter-2/power',
    ]);
  });

  it('count exactly, tell the rate of late, and sample seldom', () => {
    const groups = new TopicGroups();
    for (let s = 0; s < 600; s += 1) groups.note(message('acme/a/state', String(s), s * 1_000), s % 2 === 0);
    const [group] = groups.list(START + 600_000);
    expect(group).toMatchObject({ count: 600, kept: 300, firstAt: START, lastAt: START + 599_000 });
    expect(group?.perMinute).toBeCloseTo(60, 0);
    expect(group?.leaves[0]?.samples.length).toBeLessThanOrEqual(4);
    expect(group?.leaves[0]?.samples.at(-1)?.receivedAt).toBeGreaterThan(START + 580_000);
  });

  it('stay bounded whatever topics arrive, and lose no count', () => {
    const word = fc.stringMatching(/^[a-z]{3,9}$/);
    const topics = fc.array(fc.array(word, { minLength: 1, maxLength: 15 }), {
      minLength: 300,
      maxLength: 300,
    });
    fc.assert(
      fc.property(topics, (all) => {
        const groups = new TopicGroups();
        for (const levels of all) groups.note(message(levels.join('/'), '{"a":1}'), true);
        const listed = groups.list(START);
        expect(listed.length).toBeLessThanOrEqual(100);
        expect(listed.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
        for (const { leaves, count } of listed) {
          expect(leaves.length).toBeLessThanOrEqual(32);
          expect(leaves.reduce((sum, leaf) => sum + leaf.count, 0)).toBe(count);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('hold at most some megabytes after a flood of a hundred thousand large messages', () => {
    const groups = new TopicGroups();
    const payload = JSON.stringify(
      Object.fromEntries(Array.from({ length: 280 }, (_, i) => [`key${String(i)}`, i])),
    );
    for (let i = 0; i < 100_000; i += 1) {
      const letters = i.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? 'q');
      groups.note(message(`flood/${letters}/x/${letters}`, payload), false);
    }
    expect(JSON.stringify(groups.list(START)).length).toBeLessThan(100 * 70_000);
    expect(groups.list(START).reduce((sum, { count }) => sum + count, 0)).toBe(100_000);
  });

  it('of a flood beside a device still show the device', () => {
    const groups = new TopicGroups();
    groups.note(message('acme/pv/state', '{"power":1}'), true);
    for (let i = 0; i < 5_000; i += 1)
      groups.note(message(`flood/${'abcdefghij'.repeat(2)}${i.toString(36)}x/y`, '1'), false);
    for (let a = 0; a < 26; a += 1)
      for (let b = 0; b < 26; b += 1)
        groups.note(message(`flood/${String.fromCharCode(97 + a, 97 + b)}/z`, '1'), false);
    expect(shapes(groups)).toContain('acme/pv');
    expect(shapes(groups)).toContain('flood/+');
  });

  it('come back from what was written down, and are forgotten when nobody publishes any more', () => {
    const groups = new TopicGroups();
    groups.note(message('acme/a/state', '{"power":1}'), true);
    const written = JSON.parse(JSON.stringify(groups.list(START))) as ReturnType<TopicGroups['list']>;
    const revived = new TopicGroups(written);
    revived.note(message('acme/a/state', '{"power":2}', 60_000), true);
    expect(revived.list(START + 60_000)[0]).toMatchObject({ count: 2, firstAt: START });
    expect(revived.list(START + 8 * 86_400_000)).toEqual([]);
  });

  it('are written down when they change, and taken out when somebody reads them', () => {
    const groups = new TopicGroups();
    groups.note(message('acme/a/state', '1'), true);
    groups.note(message('other/a/state', '1'), true);
    expect([...groups.takeChanges(START).keys()].sort()).toEqual(['acme/a', 'other/a']);
    expect(groups.takeChanges(START).size).toBe(0);
    groups.forget((topic) => topic.startsWith('acme/'));
    expect([...groups.takeChanges(START)]).toEqual([['acme/a', undefined]]);
    expect(shapes(groups)).toEqual(['other/a']);
  });
});
