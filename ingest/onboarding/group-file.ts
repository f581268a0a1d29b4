/** Topic groups at rest, in the worker's file: what was seen before a restart, and for `npm run profile -- suggest`. */
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, type Row } from '#lib/server/database.ts';
import type { Announcement } from './suggest/home-assistant.ts';
import type { TopicGroup } from './topic-group.ts';

export interface GroupFile {
  read(): TopicGroup[];
  /** Best effort: a full disk must not stop the meters. `undefined` takes a group out. */
  write(changes: ReadonlyMap<string, TopicGroup | undefined>): void;
  readAnnouncements(): [topic: string, announced: Announcement][];
  /** Best effort; all of them. */
  writeAnnouncements(announced: ReadonlyMap<string, Announcement>): void;
}

export function createGroupFile(journal: DatabaseSync): GroupFile {
  const all = journal.prepare('SELECT document FROM topic_group ORDER BY shape');
  const put = journal.prepare('INSERT OR REPLACE INTO topic_group (shape, document) VALUES (?, ?)');
  const drop = journal.prepare('DELETE FROM topic_group WHERE shape = ?');
  const announcements = journal.prepare('SELECT topic, document FROM announcement ORDER BY rowid');
  const announce = journal.prepare('INSERT INTO announcement (topic, document) VALUES (?, ?)');
  return {
    read: () => (all.all() as Row[]).map(({ document }) => JSON.parse(String(document)) as TopicGroup),
    write(changes) {
      if (changes.size === 0) return;
      bestEffort(journal, () => {
        for (const [shape, group] of changes) {
          if (group === undefined) drop.run(shape);
          else put.run(shape, JSON.stringify(group));
        }
      });
    },
    readAnnouncements: () =>
      (announcements.all() as Row[]).map(({ topic, document }) => [
        String(topic),
        JSON.parse(String(document)) as Announcement,
      ]),
    writeAnnouncements(announced) {
      bestEffort(journal, () => {
        journal.exec('DELETE FROM announcement');
        for (const [topic, each] of announced) announce.run(topic, JSON.stringify(each));
      });
    },
  };
}

function bestEffort(journal: DatabaseSync, work: () => void): void {
  try {
    inTransaction(journal, work);
  } catch {
    // What is not written now is written with the next change.
  }
}
