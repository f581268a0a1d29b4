/** `npm start`: the system on your own meters. */
import { ensureBuild } from './build.ts';
import { createChildren } from './children.ts';
import { settingsOrExit, startSystem, untilStop } from './system.ts';

const settings = settingsOrExit();
const children = createChildren();
try {
  await ensureBuild();
  const { worker, web, address } = await startSystem(settings, children);
  const broker =
    settings.mqtt.url === undefined
      ? `meters publish to mqtt://${settings.broker.host}:${String(settings.broker.port)}`
      : 'meters are read from your broker';
  process.stdout.write(`\n  Bluewatt is at ${address}; ${broker}. Ctrl-C stops it.\n\n`);
  const wasAsked = await untilStop([worker, web]);
  await children.stopAll();
  process.exit(wasAsked ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await children.stopAll();
  process.exit(1);
}
