/** A whole installation for a test: worker, dashboard and browser over one data folder, and what one asks of them. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import type { MetersAnswer } from '#lib/server/queries/meter-types.ts';
import type { MissionsAnswer, MissionSummary } from '#lib/server/queries/types.ts';
import { launchBrowser } from '../support/chromium.ts';
import { publish } from '../support/publish.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker.ts';
import { startSite, type Site } from '../web/site.ts';
import { MISSION, PERIOD, registryYaml } from './camp.ts';

const REGISTRY_COMMAND = resolve(import.meta.dirname, '../../ingest/cli/registry.ts');
const run = promisify(execFile);

export interface Installation {
  readonly worker: WorkerProcess;
  /** Sends messages, one a line, with a client that is not ours. */
  readonly say: (topic: string, ...payloads: string[]) => Promise<void>;
  /** Imports the camp's registry by the command line; resolves to what the command says. */
  readonly importRegistry: (which?: { hasPv2: boolean }) => Promise<string>;
  /** The mission in /api/v1/missions over the test's period. */
  readonly summary: () => Promise<MissionSummary | undefined>;
  readonly meters: () => Promise<MetersAnswer['meters']>;
  readonly open: (path: string) => Promise<Page>;
  readonly stop: () => Promise<void>;
}

export async function startInstallation(options: {
  readonly brokerPort: number;
  /** MQTT_URL, INFLUX_URL, BROKER_PORT, as far as they are not left at their defaults */
  readonly settings: Readonly<Record<string, string | number>>;
}): Promise<Installation> {
  const { brokerPort, settings } = options;
  const worker = await startWorkerProcess({ settings });
  const opened: { site?: Site; browser?: Browser } = {};
  const stop = async (): Promise<void> => {
    await opened.browser?.close();
    await opened.site?.stop();
    await worker.stop();
  };
  try {
    const shared = { ...settings, DATA_DIR: worker.dataDir, WORKER_PORT: worker.port };
    const site = (opened.site = await startSite(() => Promise.resolve(), { settings: shared }));
    const browser = (opened.browser = await launchBrowser());
    const ask = async <Answer>(path: string): Promise<Answer> => {
      const answer = await fetch(site.url + path);
      if (!answer.ok) throw new Error(`${path} answered ${String(answer.status)}: ${await answer.text()}`);
      return (await answer.json()) as Answer;
    };
    return {
      worker,
      say: (topic, ...payloads) => publish({ port: brokerPort, topic, payload: payloads }),
      async importRegistry(which) {
        const file = join(worker.dataDir, 'camp.yaml');
        await writeFile(file, registryYaml(which));
        const environment = { ...process.env, DATA_DIR: worker.dataDir };
        const { stdout } = await run(process.execPath, [REGISTRY_COMMAND, 'import', file], {
          env: environment,
        });
        return stdout;
      },
      async summary() {
        const answer = await ask<MissionsAnswer>(`/api/v1/missions?from=${PERIOD.from}&to=${PERIOD.to}`);
        return answer.missions.find(({ mission }) => mission === MISSION);
      },
      meters: async () => (await ask<MetersAnswer>(`/api/v1/meters`)).meters,
      async open(path) {
        const page = await browser.newPage({ locale: 'en' });
        await page.goto(site.url + path);
        return page;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
