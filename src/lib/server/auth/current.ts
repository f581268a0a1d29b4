/**
 * The access of the request that is being answered, wherever its work goes on. Outside of one there is none, and asking
 * is a fault: what nobody asked for gets no data.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Access } from './access.ts';

const current = new AsyncLocalStorage<Access>();

/** Runs `work` and all it starts with `access`. */
export function withAccess<T>(access: Access, work: () => T): T {
  return current.run(access, work);
}

export function currentAccess(): Access {
  const access = current.getStore();
  if (access === undefined) throw new Error('Data were asked for outside of a request: no access is known.');
  return access;
}
