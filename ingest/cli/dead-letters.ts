/**
 * `npm run dead-letters`: what could not be taken, and why; and taking it once more after a profile or the
 * registry was mended. A running worker replays within a second or so, a stopped one when it next starts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REJECTION_REASONS, type RejectionReason } from '../decode/message.ts';
import { createDeadLetters } from '../deliver/dead-letters.ts';
import { requestReplay } from '../deliver/replay.ts';
import { knownSettings, Refused, runCommand } from '../history/opened.ts';
import { openJournal } from '../journal.ts';

const USAGE = `Usage:
  npm run dead-letters                      how many there are, by reason
  npm run dead-letters -- list [reason]     each with its time, topic, reason and payload
  npm run dead-letters -- replay [reason]   take them once more, all or those of one reason`;
const PAGE = 1_000;
const SHOWN_PAYLOAD_CHARACTERS = 200;

/** @throws Refused */
function reasonOf(text: string | undefined): RejectionReason | undefined {
  if (text === undefined) return undefined;
  const found = REJECTION_REASONS.find((reason) => reason === text);
  if (found === undefined)
    throw new Refused(`There is no reason ${text}. The reasons are: ${REJECTION_REASONS.join(', ')}.`, 2);
  return found;
}

function main([command, reasonText]: string[]): Promise<number> {
  const { dataDir } = knownSettings();
  const reason = reasonOf(reasonText);
  if (!existsSync(join(dataDir, 'worker.db')))
    throw new Refused(`There is no worker.db in ${dataDir} (DATA_DIR): no worker ran here.`);
  const journal = openJournal(dataDir);
  const letters = createDeadLetters(journal, Number.MAX_SAFE_INTEGER);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  switch (command) {
    case undefined: {
      const counts = letters.counts();
      if (counts.length === 0) say('No dead letters.');
      for (const { reason: why, letters: count, bytes } of counts) {
        say(`${why.padEnd(22)} ${String(count).padStart(9)} letters ${String(bytes).padStart(12)} bytes`);
      }
      break;
    }
    case 'list':
      for (let afterId = 0; ;) {
        const page = letters.list({ ...(reason && { reason }), afterId, limit: PAGE });
        for (const { message, reason: why, detail } of page) {
          const payload = Buffer.from(message.payload).toString('utf8').slice(0, SHOWN_PAYLOAD_CHARACTERS);
          const at = new Date(message.receivedAt).toISOString();
          // JSON keeps a hostile topic or payload from writing to the terminal.
          say(
            `${at} ${why} ${JSON.stringify(message.topic)} ${JSON.stringify(payload)} ${JSON.stringify(detail)}`,
          );
        }
        const last = page.at(-1);
        if (last === undefined) break;
        afterId = last.id;
      }
      break;
    case 'replay':
      say(`${String(requestReplay(journal, reason))} letters will be replayed by the worker.`);
      break;
    default:
      journal.close();
      throw new Refused(USAGE, 2);
  }
  journal.close();
  return Promise.resolve(0);
}

await runCommand(main);
