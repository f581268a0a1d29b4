/** A process to be killed: starts a real server, prints its number and folder, and waits for ever. */
import { startMosquitto } from './mosquitto.ts';

const { pid, folder } = await startMosquitto();
process.stdout.write(`${String(pid)} ${folder}\n`);
setInterval(() => undefined, 60_000);
