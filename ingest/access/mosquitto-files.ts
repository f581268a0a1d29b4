/**
 * Mosquitto's password file and access list, from the same credentials and registry that the embedded broker goes by. Users
 * and rights that somebody wrote by hand stay: the worker, the dashboard, whoever else needs the broker. Nothing is written
 * that a line of the registry could break out of.
 */
import { isPlainFilter } from '#lib/registry/camp-topics.ts';
import { lineFilter } from '#lib/registry/source-line.ts';
import { withoutCovered } from '#lib/registry/mqtt-filter.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { Credential } from '#lib/server/broker/credential-store.ts';
import type { Profile } from '../decode/profile.ts';
import { campRights } from './camp-rights.ts';

export const BEGINS_HERE =
  '# --- From here on `npm run broker -- acl` writes: change the registry or a camp’s credentials, and run it again.';
/** `mission.camp.number` */
const USERNAME = /^[a-z0-9][a-z0-9-]{0,62}\.[a-z0-9][a-z0-9-]{0,62}\.[1-9]\d*$/;
const HASH = /^\$7\$\d+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+$/;

export interface MosquittoParts {
  readonly registry: Registry;
  readonly profiles: readonly Profile[];
  /** every one that was ever issued */
  readonly credentials: readonly Credential[];
  /** the worker's user, who reads what devices say */
  readonly worker: string;
  /** whose state the worker announces, where it does */
  readonly sparkplugHostId?: string;
}

/** `existing` with the users of the credentials in force, without those that were revoked. @throws Error */
export function passwordFile(existing: string, credentials: readonly Credential[]): string {
  const issued = new Set(credentials.map(({ username }) => username));
  const others = existing
    .split('\n')
    .filter((line) => line.trim() !== '' && !issued.has(line.slice(0, line.indexOf(':'))));
  const ours = inForce(credentials).map(({ username, passwordHash }) => {
    if (!HASH.test(passwordHash)) throw new Error(`The hash of ${username} in broker.db is none.`);
    return `${username}:${passwordHash}`;
  });
  return [...others, ...ours, ''].join('\n');
}

/** `existing` up to where ours begins, and ours. @throws Error when a line of the registry cannot stand in it */
export function accessFile(existing: string, parts: MosquittoParts): string {
  const place = existing.indexOf(BEGINS_HERE);
  const above = (place < 0 ? existing : existing.slice(0, place)).trimEnd();
  const blocks = [workerLines(parts), ...inForce(parts.credentials).map((each) => userLines(each, parts))];
  const ours = [BEGINS_HERE, ...blocks.map((lines) => lines.join('\n'))];
  return `${[...(above === '' ? [] : [above]), ...ours].join('\n\n')}\n`;
}

/** The worker hears what the lines of the registry cover; what else it may stands in the part that is written by hand. */
function workerLines({ registry, worker, sparkplugHostId: host }: MosquittoParts): string[] {
  const topics = registry.sources.map(({ topic }) => lineFilter(topic.split('/')));
  const states = host === undefined ? [] : [`spBv1.0/STATE/${host}`, `STATE/${host}`];
  return [
    `user ${worker}`,
    ...withoutCovered(topics).map((topic) => `topic read ${plain(topic)}`),
    ...states.map((topic) => `topic readwrite ${plain(topic)}`),
  ];
}

/** A denial goes before everything else at Mosquitto, for reading too. */
function userLines(credential: Credential, { registry, profiles }: MosquittoParts): string[] {
  const { own, others, hears } = campRights(registry, profiles, credential);
  return [
    `# ${oneLine(credential.reason)}`,
    `user ${credential.username}`,
    ...others.map((topic) => `topic deny ${plain(topic)}`),
    ...own.map((topic) => `topic write ${plain(topic)}`),
    ...hears.map((topic) => `topic read ${plain(topic)}`),
  ];
}

function inForce(credentials: readonly Credential[]): Credential[] {
  const found = credentials.filter(({ revoked }) => revoked === null);
  const wrong = found.find(({ username }) => !USERNAME.test(username));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong.username)} in broker.db is no user name.`);
  return found;
}

function plain(filter: string): string {
  if (isPlainFilter(filter)) return filter;
  const why = 'a control character, or a space at one of its ends';
  throw new Error(
    `The registry has a topic with ${why}: ${JSON.stringify(filter)}. Mend that line of its sources (/registry/sources) and run this again; nothing was written.`,
  );
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
