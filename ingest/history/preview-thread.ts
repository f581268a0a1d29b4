/** The thread of a preview: it reads the store by a connection of its own, and delivery's event loop never waits for it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PreviewTask } from './preview-room.ts';
import { previewRegistry } from './registry-preview.ts';

const { before, after, settings } = workerData as PreviewTask;
parentPort?.postMessage(await previewRegistry(before, after, settings));
