/** The main job with nothing but Bluewatt: the embedded broker and the embedded store. */
import { afterAll, beforeAll } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { describeWith } from '../support/requires.ts';
import { startInstallation, type Installation } from './installation.ts';
import { tellMainJob } from './main-job.ts';

describeWith(['mosquitto_pub', 'chromium'], 'an installation on its defaults', () => {
  let installation: Installation;

  beforeAll(async () => {
    const brokerPort = await freePort();
    installation = await startInstallation({ brokerPort, settings: { BROKER_PORT: brokerPort } });
  });
  afterAll(async () => {
    await installation.stop();
  });

  tellMainJob({ installation: () => installation, influxUrl: () => undefined });
});
