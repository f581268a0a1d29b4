/** decode: what one message costs to decode, native and by each profile, beside `JSON.parse` of the same payloads. */
import { createDecoder } from '../../ingest/decode/decoder.ts';
import type { InboundMessage } from '../../ingest/decode/message.ts';
import { loadProfiles } from '../../ingest/decode/profile-load.ts';
import type { Profile } from '../../ingest/decode/profile.ts';
import { messagesBefore, sampleMessage } from '../../ingest/decode/sample.ts';
import { METERS, payloadOf, startOf, topicOf } from './load.ts';
import { figuresOf, type BenchOptions, type Result } from './report.ts';

/** CPU time of one measurement: long enough that a pause of the garbage collector is a small part of it. */
const MEASURE_US = 250_000;
const NO_REGISTRY = { missions: {}, pledges: [], sources: [] };

export function benchDecode({ rounds }: BenchOptions): Promise<Result> {
  const profiles = loadProfiles();
  const cases = [
    { name: 'native', run: nativeCase() },
    { name: 'native, JSON.parse alone', run: parseCase(nativeMessages()) },
    ...profiles.map((profile) => ({ name: profile.name, run: profileCase(profile) })),
  ];
  const measured: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    measured.push(Object.fromEntries(cases.map(({ name, run }) => [name, usPerMessage(run)])));
  }
  return Promise.resolve({
    scenario: 'decode',
    title: 'time to decode one message (profiles: the samples that yield readings)',
    figures: figuresOf(measured, Object.fromEntries(cases.map(({ name }) => [name, 'µs/msg']))),
    notes: [],
  });
}

/** One pass over some messages; returns how many. */
type Pass = () => number;

function nativeMessages(): InboundMessage[] {
  const now = Date.now();
  const startAt = startOf(METERS, now);
  return Array.from({ length: METERS }, (_, index) => ({
    topic: topicOf(index),
    payload: Buffer.from(payloadOf(index, startAt)),
    retain: false,
    receivedAt: now,
  }));
}

function nativeCase(): Pass {
  return passOf(createDecoder({ registry: NO_REGISTRY, profiles: [] }), nativeMessages());
}

function parseCase(messages: readonly InboundMessage[]): Pass {
  return () => {
    for (const { payload } of messages) JSON.parse(Buffer.from(payload).toString('utf8'));
    return messages.length;
  };
}

function profileCase(profile: Profile): Pass {
  const source = {
    profile: profile.name,
    topic: '#',
    mission: 'm',
    camp: 'c',
    meter: '{device}',
    zone: 'UTC',
  };
  const meter = profile.messages[0]?.meter ?? source.meter;
  const decoder = createDecoder({
    registry: { ...NO_REGISTRY, sources: [{ ...source, meter }] },
    profiles: [profile],
  });
  for (const message of profile.samples.flatMap(messagesBefore)) decoder.decode(message);
  const messages = profile.samples
    .map(sampleMessage)
    .filter((each) => decoder.decode(each).readings.length > 0);
  if (messages.length === 0) throw new Error(`no sample of ${profile.name} yields a reading`);
  return passOf(decoder, messages);
}

function passOf(decoder: ReturnType<typeof createDecoder>, messages: readonly InboundMessage[]): Pass {
  return () => {
    let readings = 0;
    for (const message of messages) readings += decoder.decode(message).readings.length;
    if (readings === 0) throw new Error('nothing was decoded');
    return messages.length;
  };
}

/** CPU time, not time passed: other programs on the machine must not count. */
function usPerMessage(pass: Pass): number {
  const startedAt = process.cpuUsage();
  let messages = 0;
  for (;;) {
    messages += pass();
    const { user, system } = process.cpuUsage(startedAt);
    if (user + system >= MEASURE_US) return (user + system) / messages;
  }
}
