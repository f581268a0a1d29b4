/** The files that hold what is ours, and what one of each schema version would hold: the older files of the upgrade test. */
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { JOURNAL_MIGRATIONS, openJournal } from '../../ingest/journal.ts';
import { ACCESS_MIGRATIONS, openAccessDatabase } from '../../src/lib/server/auth/database.ts';
import { BROKER_MIGRATIONS, openCredentialStore } from '../../src/lib/server/broker/credential-store.ts';
import { APP_MIGRATIONS, openAppDatabase } from '../../src/lib/server/registry/app-database.ts';
import { DRAFT_MIGRATIONS, openDraftStore } from '../../src/lib/server/registry/draft-store.ts';
import { openSilenceStore, SILENCE_MIGRATIONS } from '../../src/lib/server/registry/silence-store.ts';
import { MIGRATIONS } from '../../src/lib/server/store/sqlite/schema.ts';
import { createSqliteStore } from '../../src/lib/server/store/sqlite/store.ts';

export interface StoredDatabase {
  readonly migrations: readonly string[];
  /** Opens the file in `dataDir` as the system does, which brings it up to date, and closes it again. */
  readonly bringUpToDate: (dataDir: string) => Promise<void> | void;
  /** rows a version can hold that the one before could not: SQL, by version from 1 */
  readonly rows: Readonly<Record<number, string>>;
}

export const DAY = 20_000;
export const AT = DAY * 86_400_000;
const REGISTRY = {
  missions: {
    unmiss: {
      name: 'UNMISS',
      zone: 'Africa/Juba',
      targets: [],
      grid: [],
      camps: {
        juba: {
          name: 'Juba',
          headcount: [],
          meters: { 'pv-1': { source: 'solar', expectedIntervalS: 60, events: [] } },
        },
      },
    },
  },
  pledges: [],
  sources: [],
};

function hex(bytes: Uint8Array): string {
  return `x'${Buffer.from(bytes).toString('hex')}'`;
}

const SPOOLED = deflateRawSync(
  JSON.stringify([
    ['unmiss/juba/pv-1', AT, { activePowerW: 1_000 }],
    ['unmiss/juba/pv-1', AT + 60_000, { activePowerW: 2_000 }],
  ]),
);

export const DATABASES: Readonly<Record<string, StoredDatabase>> = {
  'readings.db': {
    migrations: MIGRATIONS,
    bringUpToDate: (dataDir) => createSqliteStore({ file: join(dataDir, 'readings.db') }).close(),
    rows: {
      1: `INSERT INTO meter VALUES (1, 'unmiss', 'juba', 'pv-1');
          INSERT INTO reading (meter_id, at, activePowerW, energyForwardWh) VALUES (1, ${String(AT)}, 1000, 500), (1, ${String(AT + 60_000)}, 2000, 525.5);
          INSERT INTO ledger VALUES ('day', 'unmiss', '2024-10-04', 'juba', 'solar', 'coe-wet', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);`,
      2: `INSERT INTO ledger VALUES ('day', 'unmiss', '2024-10-05', 'juba', 'solar', 'coe-wet', 'BD/BANBATT', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);`,
    },
  },
  'worker.db': {
    migrations: JOURNAL_MIGRATIONS,
    bringUpToDate: (dataDir) => {
      openJournal(dataDir).close();
    },
    rows: {
      1: `INSERT INTO dead_letter VALUES (1, ${String(AT)}, 'bluewatt/unmiss/juba/pv-1/reading', x'7b', 0, 'payload-not-json', 'no JSON');
          INSERT INTO letter_replay VALUES (1);
          INSERT INTO spool VALUES (7, ${String(AT)}, 2, ${hex(SPOOLED)});
          INSERT INTO dirty_day VALUES ('unmiss/juba/pv-1', ${String(DAY)}, ${String(DAY + 1)});
          INSERT INTO account_state VALUES ('unmiss/juba/pv-1', '{"lastAt":${String(AT)}}');
          INSERT INTO accounted_registry VALUES (1, '${JSON.stringify(REGISTRY)}');`,
      2: `INSERT INTO accounted_correction VALUES (1, 'unmiss/juba/pv-1', ${String(AT)}, ${String(AT + 1)}, 1);`,
      3: `INSERT INTO spool_newest VALUES ('unmiss/juba/pv-1', ${String(AT + 60_000)});`,
      4: `INSERT INTO subscription VALUES ('bluewatt-worker', 'bluewatt/#');`,
      5: `INSERT INTO own_profile VALUES ('mine.yaml', 'profile: mine');`,
      6: `INSERT INTO topic_group VALUES ('plant/+/power', '{}');`,
      7: `INSERT INTO announcement VALUES ('homeassistant/sensor/a/config', '{}');`,
      8: `INSERT INTO sparkplug_birth VALUES ('group/node', '', '{}');`,
      9: `INSERT INTO raw_kept VALUES (1, ${String(DAY - 100)});`,
    },
  },
  'app.db': {
    migrations: APP_MIGRATIONS,
    bringUpToDate: (dataDir) => {
      openAppDatabase(dataDir).close();
    },
    rows: {
      1: `INSERT INTO registry_version VALUES (3, ${String(AT)}, 'A. Officer', 'first import', '${JSON.stringify(REGISTRY)}');`,
      2: `INSERT INTO correction VALUES (1, 'unmiss/juba/pv-1', ${String(AT)}, ${String(AT + 3_600_000)}, '{"kind":"replace","forwardWh":12}', 'A. Officer', 'meter off', ${String(AT)}, NULL);
          INSERT INTO correction_withdrawal VALUES (1, 'A. Officer', 'it was on', ${String(AT + 1)});`,
      3: `INSERT INTO fuel_record VALUES (1, 'delivery', 'unmiss', 'juba', '2024-10-04', NULL, 18000000, 'DN 17', 'A. Officer', 'delivery note', ${String(AT)}, NULL);
          INSERT INTO fuel_record VALUES (2, 'stock', 'unmiss', 'juba', NULL, ${String(AT)}, 4000000, NULL, 'A. Officer', 'dip', ${String(AT)}, NULL);
          INSERT INTO fuel_record_withdrawal VALUES (2, 'A. Officer', 'wrong tank', ${String(AT + 1)});`,
      4: `INSERT INTO note VALUES (1, 'unmiss', 'juba', '2024-10-04', '40 kWp commissioned', 'A. Officer', 'seen', ${String(AT)}, NULL);
          INSERT INTO note_withdrawal VALUES (1, 'A. Officer', 'one day early', ${String(AT + 1)});`,
      5: `INSERT INTO profile_save VALUES (1, 'acme', 'profile: acme', 'A. Officer', 'reads acme/+', ${String(AT)});`,
    },
  },
  'silence.db': {
    migrations: SILENCE_MIGRATIONS,
    bringUpToDate: (dataDir) => {
      openSilenceStore(dataDir).close();
    },
    rows: { 1: `INSERT INTO silence VALUES ('unmiss/juba/pv-1', ${String(AT)}, 'last-will', 60000);` },
  },
  'drafts.db': {
    migrations: DRAFT_MIGRATIONS,
    bringUpToDate: (dataDir) => {
      openDraftStore(dataDir).close();
    },
    rows: {
      1: `INSERT INTO draft VALUES (1, 'abc', ${String(AT)}, 3, 'meter pv-1', NULL, '${JSON.stringify(REGISTRY)}');`,
    },
  },
  'broker.db': {
    migrations: BROKER_MIGRATIONS,
    bringUpToDate: (dataDir) => {
      openCredentialStore(dataDir).close();
    },
    rows: {
      1: `INSERT INTO credential VALUES (1, 'unmiss.juba.1', 'unmiss', 'juba', '$7$1000$c2FsdA==$aGFzaA==', 'A. Officer', 'gateway', ${String(AT)});
          INSERT INTO credential_withdrawal VALUES (1, 'A. Officer', 'lost', ${String(AT + 1)});
          INSERT INTO credential_use VALUES (1, ${String(AT)});
          INSERT INTO installation VALUES ('service-secret', 'secret');`,
    },
  },
  'access.db': {
    migrations: ACCESS_MIGRATIONS,
    bringUpToDate: (dataDir) => {
      openAccessDatabase(dataDir).close();
    },
    rows: {
      1: `INSERT INTO "user" VALUES ('p1', 'A. Officer', 'officer@example.org', 1, NULL, ${String(AT)}, ${String(AT)});
          INSERT INTO "session" VALUES ('s1', ${String(AT + 1)}, 'secret', ${String(AT)}, ${String(AT)}, NULL, NULL, 'p1');
          INSERT INTO "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt") VALUES ('a1', 'p1', 'credential', 'p1', 'hash', ${String(AT)}, ${String(AT)});
          INSERT INTO mission_role VALUES ('p1', 'officer', 'unmiss');
          INSERT INTO api_token VALUES ('t1', 'hash', 'p1', 'Grafana', '["unmiss"]', ${String(AT)}, ${String(AT + 1)});
          INSERT INTO access_event VALUES (1, ${String(AT)}, 'A. Officer', 'invited', 'somebody', NULL, NULL);`,
      2: `UPDATE "user" SET "twoFactorEnabled" = 1;
          INSERT INTO "twoFactor" VALUES ('f1', 'secret', 'codes', 'p1', 1, 0, NULL);`,
    },
  },
};
