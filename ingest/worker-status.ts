/** What the running worker tells of itself at its status address: its parts read when somebody asks. */
import type { Settings } from '#lib/server/settings.ts';
import type { Delivery } from './deliver/delivery.ts';
import type { FollowedProfiles } from './followed-profiles.ts';
import type { FollowedRegistry } from './followed-registry.ts';
import type { RefusalLog } from './access/refusal-log.ts';
import { healthReport, type HealthReport } from './health.ts';
import { PreviewRoom } from './history/preview-room.ts';
import { createMetrics, type MetricSources } from './metrics.ts';
import type { OnboardingRoom } from './onboarding-room.ts';
import type { WorkerFiles } from './opening.ts';
import type { RejectionLog } from './rejection-log.ts';
import type { Source } from './sources/source.ts';
import { startStatusServer, type StatusServer } from './status-server.ts';
import type { WorkerEvents } from './worker-events.ts';

export interface StatusParts extends Pick<MetricSources, 'accounts' | 'live'> {
  readonly source: Pick<Source, 'isConnected'>;
  readonly delivery: Pick<Delivery, 'counters' | 'status'>;
  readonly files: Pick<WorkerFiles, 'spool' | 'letters'>;
  readonly events: Pick<WorkerEvents, 'connections' | 'noted'>;
  readonly rejections: Pick<RejectionLog, 'newest'>;
  readonly profiles: Pick<FollowedProfiles, 'problems'>;
  readonly onboarding: Pick<OnboardingRoom, 'answer'>;
  readonly registry: Pick<FollowedRegistry, 'registry' | 'version'>;
  readonly refusals: RefusalLog;
}

/** @throws AppError PORT_IN_USE */
export async function startWorkerStatus(settings: Settings, parts: StatusParts): Promise<StatusServer> {
  const { source, delivery, accounts, live, events } = parts;
  const previews = new PreviewRoom({ settings, inForce: () => parts.registry });
  const server = await startStatusServer({
    ...settings.worker,
    health: () => health(settings, parts),
    other: (request) => previews.answer(request) ?? parts.onboarding.answer(request),
    metrics: createMetrics({
      ...{ delivery, accounts, live },
      ...parts.files,
      connections: events.connections,
      refusals: parts.refusals,
      isConnected: () => source.isConnected(),
      now: Date.now,
    }),
  });
  return {
    async close() {
      await previews.close();
      await server.close();
    },
  };
}

function health(
  settings: Settings,
  { source, delivery, files, events, ...parts }: StatusParts,
): HealthReport {
  const { spool, letters } = files;
  return healthReport({
    now: Date.now(),
    isConnected: source.isConnected(),
    isEmbedded: settings.mqtt.url === undefined,
    delivery: delivery.status(),
    diskFault: delivery.counters.diskFault,
    spool: { ...spool.status(), isFull: spool.isFull() },
    deadLetters: letters.counts(),
    rejections: parts.rejections.newest(100),
    refusals: parts.refusals.newest(100),
    profileProblems: parts.profiles.problems,
    ...events.noted,
  });
}
