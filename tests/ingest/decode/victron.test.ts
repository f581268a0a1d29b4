import { describe, expect, it } from 'vitest';
import { Conditions } from '../../../ingest/decode/conditions.ts';
import { devices, START_AT, told } from './devices-rig.ts';

const PORTAL = 'c0619ab12345';
const LINE = { profile: 'victron-gx', topic: `N/${PORTAL}`, meter: '{service}-{instance}' };
const KEEP_ALIVE = `R/${PORTAL}/keepalive`;
const CHANGES_ONLY = '{"keepalive-options":["suppress-republish"]}';
const beat = { value: 1_772_442_900 };

describe('The keep-alive of a Victron GX', () => {
  it('asks for everything first and for changes from then on, every 30 s while the heartbeat is heard', () => {
    const { asked, hear } = devices([LINE]);
    expect(asked(0)).toEqual([[KEEP_ALIVE, '']]);
    hear(1, `N/${PORTAL}/heartbeat`, beat);
    expect(asked(1)).toEqual([]);
    expect(asked(29.9)).toEqual([]);
    expect(asked(30)).toEqual([[KEEP_ALIVE, CHANGES_ONLY]]);
    expect(asked(59)).toEqual([]);
  });

  it('asks for everything again while nobody answers, and when the connection is new', () => {
    const { asked, hear, decoder } = devices([LINE]);
    expect([...asked(0), ...asked(30)]).toEqual([
      [KEEP_ALIVE, ''],
      [KEEP_ALIVE, ''],
    ]);
    hear(31, `N/${PORTAL}/heartbeat`, beat);
    expect(asked(60)).toEqual([[KEEP_ALIVE, CHANGES_ONLY]]);
    decoder.noteConnected();
    expect(asked(61)).toEqual([[KEEP_ALIVE, '']]);
  });

  it('asks for everything when the heartbeat was lost: what changed meanwhile nobody told', () => {
    const { asked, hear } = devices([LINE]);
    asked(0);
    hear(1, `N/${PORTAL}/heartbeat`, beat);
    expect(asked(100)).toEqual([[KEEP_ALIVE, '']]);
  });

  it('is sent once an installation, whatever number of lines it has, and to no portal that no line names', () => {
    const tank = { ...LINE, topic: `N/${PORTAL}/tank/23`, meter: 'genset-40' };
    const other = { ...LINE, topic: 'N/c0ffee/#' };
    const { asked, hear } = devices([LINE, tank, other]);
    hear(0, 'N/stranger/genset/40/Ac/Power', { value: 1 });
    expect(asked(1).map(([topic]) => topic)).toEqual(
      expect.arrayContaining([KEEP_ALIVE, 'R/c0ffee/keepalive']),
    );
    expect(asked(1)).toEqual([]);
  });

  it('finds the portals of a line that takes in all of them by what it hears, up to a bound', () => {
    const { asked, hear } = devices([{ ...LINE, topic: 'N/+', meter: '{portal}-{service}-{instance}' }]);
    expect(asked(0)).toEqual([]);
    hear(1, `N/${PORTAL}/system/0/Serial`, { value: PORTAL }, true);
    expect(asked(1)).toEqual([[KEEP_ALIVE, '']]);
    for (let i = 0; i < 2_000; i += 1) hear(2, `N/p${String(i)}/genset/1/Ac/Power`, { value: 1 });
    expect(asked(2)).toHaveLength(999);
  });

  it('is subscribed to by the topics that are read, not by all that a GX publishes', () => {
    const { decoder } = devices([LINE]);
    const own = decoder.filters.filter((filter) => filter.startsWith(`N/${PORTAL}`));
    expect(own).toContain(`N/${PORTAL}/genset/+/Ac/+/#`);
    expect(own).toContain(`N/${PORTAL}/heartbeat`);
    expect(own).not.toContain(`N/${PORTAL}/#`);
  });
});

describe('The values of a Victron GX', () => {
  const hearing = () => {
    const rig = devices([LINE, { ...LINE, topic: `N/${PORTAL}/tank/23`, meter: 'genset-40' }]);
    rig.hear(0, `N/${PORTAL}/heartbeat`, beat);
    rig.hear(1, `N/${PORTAL}/genset/40/Ac/Power`, { value: 92_500 });
    rig.hear(1, `N/${PORTAL}/genset/40/Ac/Energy/Forward`, { value: 39_869.8 });
    rig.hear(1, `N/${PORTAL}/tank/23/FluidType`, { value: 0 });
    rig.hear(1, `N/${PORTAL}/tank/23/Level`, { value: 45 });
    rig.hear(1, `N/${PORTAL}/pvinverter/20/Ac/Power`, { value: 936 });
    for (let atS = 3; atS < 60; atS += 3) rig.hear(atS, `N/${PORTAL}/heartbeat`, beat);
    return rig;
  };

  it('hold while the heartbeat is heard, and are read again once a minute, one reading a meter', () => {
    const { hear } = hearing();
    expect(told(hear(60, `N/${PORTAL}/heartbeat`, beat))).toEqual({
      'genset-40': { activePowerW: 92_500, fuelLevelPct: 45 },
      'pvinverter-20': { activePowerW: 936 },
    });
    expect(told(hear(63, `N/${PORTAL}/heartbeat`, beat))).toEqual({});
  });

  it('are told with every reading of their meter, so that the newest one is whole', () => {
    const { hear } = hearing();
    expect(told(hear(58, `N/${PORTAL}/genset/40/Ac/Frequency`, { value: 50.1 }))).toEqual({
      'genset-40': { activePowerW: 92_500, fuelLevelPct: 45, frequencyHz: 50.1 },
    });
  });

  it('of a register that stands still are told again every four minutes, so that its next step keeps its time', () => {
    const { hear } = hearing();
    const registers: unknown[] = [];
    for (let atS = 60; atS <= 600; atS += 3) {
      for (const { at, values } of hear(atS, `N/${PORTAL}/heartbeat`, beat).readings)
        if (values.energyForwardWh !== undefined)
          registers.push([(at - START_AT) / 1000, values.energyForwardWh]);
    }
    expect(registers).toEqual([
      [300, 39_869_800],
      [540, 39_869_800],
    ]);
  });

  it('no longer hold when they are taken back or the device leaves, which is no rejection', () => {
    const { hear, silent } = hearing();
    expect(hear(57, `N/${PORTAL}/genset/40/Ac/Power`, { value: null }).rejections).toEqual([]);
    expect(hear(58, `N/${PORTAL}/pvinverter/20/Ac/Power`, '')).toEqual({
      readings: [],
      rejections: [],
      ignoredKeys: 1,
    });
    expect(silent()).toEqual({ 'pvinverter-20': [58, 'device-gone'] });
    expect(told(hear(60, `N/${PORTAL}/heartbeat`, beat))).toEqual({
      'genset-40': { fuelLevelPct: 45 },
    });
    hear(70, `N/${PORTAL}/pvinverter/20/Ac/Power`, { value: 5 });
    expect(silent()).toEqual({ 'pvinverter-20': null });
  });

  it('no longer hold when the heartbeat stops: all meters of the portal are silent since its last', () => {
    const { hear, asked, silent } = hearing();
    asked(87);
    expect(silent()).toEqual({});
    asked(88);
    expect(silent()).toEqual({
      'genset-40': [57, 'heartbeat-lost'],
      'pvinverter-20': [57, 'heartbeat-lost'],
    });
    expect(told(hear(200, `N/${PORTAL}/heartbeat`, beat))).toEqual({});
    expect(told(hear(300, `N/${PORTAL}/heartbeat`, beat))).toEqual({});
  });

  it('are not taken from a retained message, nor is a retained heartbeat one', () => {
    const { hear, asked } = devices([LINE]);
    const decoded = hear(0, `N/${PORTAL}/genset/40/Ac/Power`, { value: 5 }, true);
    expect(decoded.rejections.map(({ reason }) => reason)).toEqual(['retained']);
    hear(0, `N/${PORTAL}/heartbeat`, beat, true);
    asked(0);
    expect(asked(30)).toEqual([[KEEP_ALIVE, '']]);
  });

  it('of the system’s sums, settings and alarms are left alone', () => {
    const { hear } = devices([{ ...LINE, topic: 'N/#' }]);
    for (const path of [
      'system/0/Ac/Consumption/L1/Power',
      'settings/0/Settings/X',
      'vebus/257/Energy/AcIn1ToAcOut',
    ])
      expect(hear(0, `N/${PORTAL}/${path}`, { value: 7 })).toEqual({
        readings: [],
        rejections: [],
        ignoredKeys: 1,
      });
  });
});

describe('The tanks of a Victron GX', () => {
  const tank = (instance: number, key: string): string => `N/${PORTAL}/tank/${String(instance)}/${key}`;
  const rig = () => devices([LINE]);

  it.each([
    [0, 'fuel', { fuelLevelPct: 45 }],
    [6, 'gasoline', { fuelLevelPct: 45 }],
    [7, 'diesel', { fuelLevelPct: 45 }],
    [1, 'fresh water', undefined],
    [2, 'waste water', undefined],
    [4, 'oil', undefined],
    [5, 'black water', undefined],
    [8, 'LPG', undefined],
    [11, 'raw water', undefined],
  ])('of type %i, %s, are read as fuel or not at all', (type, _, expected) => {
    const { hear } = rig();
    hear(0, tank(23, 'FluidType'), { value: type });
    const decoded = hear(1, tank(23, 'Level'), { value: 45 });
    expect(told(decoded)).toEqual(expected === undefined ? {} : { 'tank-23': expected });
    expect(decoded.rejections).toEqual([]);
  });

  it('wait for their type, each value once, with the time it came in', () => {
    const { hear } = rig();
    expect(told(hear(1, tank(23, 'Level'), { value: 44 }))).toEqual({});
    expect(told(hear(2, tank(23, 'Level'), { value: 45 }))).toEqual({});
    expect(told(hear(3, tank(23, 'Remaining'), { value: 0.248 }))).toEqual({});
    expect(told(hear(3, tank(24, 'Level'), { value: 61 }))).toEqual({});
    const { readings } = hear(4, tank(23, 'FluidType'), { value: 7 });
    expect(readings.map(({ at, values }) => [(at - START_AT) / 1000, values])).toEqual([
      [2, { fuelLevelPct: 45 }],
      [3, { fuelLevelL: 248 }],
    ]);
    expect(told(hear(5, tank(23, 'FluidType'), { value: 7 }))).toEqual({});
    expect(told(hear(5, tank(24, 'FluidType'), { value: 1 }))).toEqual({});
    expect(told(hear(6, tank(24, 'FluidType'), { value: 0 }))).toEqual({});
  });

  it('are not read of a time long before their type was told, nor of a retained level', () => {
    const { hear } = rig();
    hear(0, tank(23, 'Level'), { value: 44 });
    hear(100, tank(24, 'Level'), { value: 44 }, true);
    expect(told(hear(100, tank(23, 'FluidType'), { value: 0 }))).toEqual({});
    expect(told(hear(100, tank(24, 'FluidType'), { value: 0 }, true))).toEqual({});
    expect(told(hear(101, tank(24, 'Level'), { value: 43 }))).toEqual({ 'tank-24': { fuelLevelPct: 43 } });
  });

  it('no longer hold as fuel when they turn out to be water, or their type is taken back', () => {
    const { hear } = rig();
    const beats = (fromS: number): unknown[] =>
      [fromS, fromS + 25, fromS + 50, fromS + 61].flatMap((atS) =>
        Object.keys(told(hear(atS, `N/${PORTAL}/heartbeat`, beat))),
      );
    hear(0, `N/${PORTAL}/heartbeat`, beat);
    for (const instance of [23, 24]) {
      hear(1, tank(instance, 'FluidType'), { value: 0 });
      hear(1, tank(instance, 'Level'), { value: 45 });
    }
    expect(beats(3)).toEqual(['tank-23', 'tank-24']);
    hear(65, tank(24, 'FluidType'), { value: 1 });
    expect(beats(70)).toEqual(['tank-23']);
    hear(132, tank(23, 'FluidType'), { value: null });
    expect(told(hear(133, tank(23, 'Level'), { value: 44 }))).toEqual({});
  });

  it('keep their type when the registry changes', () => {
    const conditions = new Conditions();
    devices([LINE], undefined, conditions).hear(0, tank(23, 'FluidType'), { value: 1 });
    const { hear, decoder } = devices([{ ...LINE, meter: '{portal}-{instance}' }], undefined, conditions);
    expect(told(hear(1, tank(23, 'Level'), { value: 45 }))).toEqual({});
    expect(decoder.filters).toContain(`N/${PORTAL}/tank/+/FluidType`);
    expect(decoder.standingOf(tank(23, 'FluidType'))).toBe('read');
  });

  it('of any number take a bounded part of the memory', () => {
    const { hear } = rig();
    for (let instance = 0; instance < 20_000; instance += 1) hear(0, tank(instance, 'Level'), { value: 45 });
    hear(1, tank(19_999, 'FluidType'), { value: 0 });
    expect(told(hear(2, tank(19_999, 'Level'), { value: 45 }))).toEqual({});
    expect(told(hear(2, tank(5, 'FluidType'), { value: 0 }))).toEqual({ 'tank-5': { fuelLevelPct: 45 } });
  });
});
