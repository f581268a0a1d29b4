/**
 * The birth certificates of Sparkplug nodes at rest, in the worker's file: without them nothing that a node says by
 * alias could be read after a restart until it is born again. Written some time after the fact, because they can be asked for.
 */
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, type Row } from '#lib/server/database.ts';
import type { Birth } from './decode/sparkplug/edge-node.ts';
import type { Births } from './decode/sparkplug/host.ts';

export interface BirthFile {
  read(): Births;
  /** Replaces all that is known of these nodes. @throws Error when the disk does not take it */
  write(births: Births): void;
}

export function createBirthFile(journal: DatabaseSync): BirthFile {
  const select = journal.prepare('SELECT node, device, birth FROM sparkplug_birth');
  const remove = journal.prepare('DELETE FROM sparkplug_birth WHERE node = ?');
  const insert = journal.prepare('INSERT INTO sparkplug_birth (node, device, birth) VALUES (?, ?, ?)');
  return {
    read() {
      const births = new Map<string, Map<string, Birth>>();
      for (const { node, device, birth } of select.all() as Row[]) {
        const key = String(node);
        const devices = births.get(key) ?? new Map<string, Birth>();
        births.set(key, devices.set(String(device), JSON.parse(String(birth)) as Birth));
      }
      return births;
    },
    write(births) {
      inTransaction(journal, () => {
        for (const [node, devices] of births) {
          remove.run(node);
          for (const [device, birth] of devices) insert.run(node, device, JSON.stringify(birth));
        }
      });
    },
  };
}
