/**
 * How far the simulator has come: one small file, replaced as a whole, so that a power cut leaves the old or
 * the new one. Registers are not in it: they are computed again from the scenario's start.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface SimulatorState {
  /** epoch ms: the first instant of the scenario */
  readonly startAt: number;
  readonly seed: number;
  /** epoch ms: everything up to here is with the broker; before `startAt` when nothing is */
  readonly lastAt: number;
}

/** The state in a file; undefined when there is no such file. Throws when it holds something else. */
export function readState(file: string): SimulatorState | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const state = parse(text);
  if (state) return state;
  throw new Error(`${file} holds no simulator state: delete it, and the data it goes with, to start over.`);
}

function parse(text: string): SimulatorState | undefined {
  try {
    const { startAt, seed, lastAt } = JSON.parse(text) as Record<string, unknown>;
    const isWhole = [startAt, seed, lastAt].every(Number.isSafeInteger);
    return isWhole ? { startAt: Number(startAt), seed: Number(seed), lastAt: Number(lastAt) } : undefined;
  } catch {
    return undefined;
  }
}

export function writeState(file: string, state: SimulatorState): void {
  const draft = `${file}.new`;
  writeFileSync(draft, `${JSON.stringify(state)}\n`, { flush: true });
  renameSync(draft, file);
}
