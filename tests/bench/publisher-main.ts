/**
 * A process that publishes messages `from`..`to` of the benchmark's load and says on its output when it is done:
 *
 *     node publisher-main.ts '{"port":1883,"from":0,"to":100000,"clients":2,"inFlight":250,"startAt":0}'
 *
 * A meter's messages all go through one client, in order.
 */
import { METERS, payloadOf, topicOf } from './load.ts';
import { startRawPublisher } from './raw-publisher.ts';

export interface PublisherTask {
  readonly port: number;
  readonly from: number;
  readonly to: number;
  readonly clients: number;
  /** of each client */
  readonly inFlight: number;
  readonly startAt: number;
  /** which of how many processes that share the meters this is; default the only one */
  readonly process?: number;
  readonly processes?: number;
}

const task = JSON.parse(process.argv[2] ?? '') as PublisherTask;
const startedAt = Date.now();
const processes = task.processes ?? 1;
const lanes = processes * task.clients;
let acknowledged = 0;
let total = 0;
for (let index = task.from; index < task.to; index += 1) {
  if (Math.floor(laneOf(index) / task.clients) === (task.process ?? 0)) total += 1;
}

/** Which client of which process publishes a message: always the same one for a meter. */
function laneOf(index: number): number {
  return (index % METERS) % lanes;
}

await Promise.all(
  Array.from({ length: task.clients }, (_, client) => {
    let index = task.from;
    const lane = (task.process ?? 0) * task.clients + client;
    return startRawPublisher({
      port: task.port,
      clientId: `bench-${String(process.pid)}-${String(client)}`,
      inFlight: task.inFlight,
      next() {
        while (index < task.to && laneOf(index) !== lane) index += 1;
        if (index >= task.to) return undefined;
        const message = { topic: topicOf(index), payload: payloadOf(index, task.startAt) };
        index += 1;
        return message;
      },
      onAcknowledged() {
        acknowledged += 1;
        if (acknowledged < total) return;
        process.stdout.write(`${JSON.stringify({ startedAt, endedAt: Date.now() })}\n`, () =>
          process.exit(0),
        );
      },
    });
  }),
);
