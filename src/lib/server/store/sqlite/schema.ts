/**
 * The embedded store's tables. Plain `sqlite3 readings.db` reads `reading` and `ledger` as they stand:
 *
 *     SELECT datetime(at / 1000, 'unixepoch'), activePowerW FROM reading JOIN meter ON id = meter_id
 *     WHERE mission = 'unmiss' AND meter.meter = 'genset-1' ORDER BY at DESC LIMIT 10;
 */

/** The file's name inside the data folder. */
export const DATABASE_FILE = 'readings.db';

/** The ledger's columns of amounts, in both versions of the table so far. */
const AMOUNTS = `energyWh        REAL NOT NULL,
     reverseWh       REAL NOT NULL,
     exportedWh      REAL NOT NULL,
     renewableWh     REAL NOT NULL,
     fuelMl          REAL NOT NULL,
     estimatedFuelMl REAL NOT NULL,
     recoveredWh     REAL NOT NULL,
     estimatedWh     REAL NOT NULL,
     manualWh        REAL NOT NULL,
     implausibleWh   REAL NOT NULL,
     coveredWs       REAL NOT NULL,`;

/**
 * Never change a script that was released: append one. A new canonical quantity needs an
 * `ALTER TABLE reading ADD COLUMN`; a test compares the columns with QUANTITIES.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meter (
     id      INTEGER PRIMARY KEY,
     mission TEXT NOT NULL,
     camp    TEXT NOT NULL,
     meter   TEXT NOT NULL,
     UNIQUE (mission, camp, meter)
   ) STRICT;

   CREATE TABLE reading (
     meter_id         INTEGER NOT NULL REFERENCES meter (id),
     at               INTEGER NOT NULL, -- epoch ms, UTC
     activePowerW     REAL,
     energyForwardWh  REAL,
     energyReverseWh  REAL,
     fuelUsedL        REAL,
     fuelRateLPerH    REAL,
     fuelLevelPct     REAL,
     fuelLevelL       REAL,
     runTimeS         REAL,
     starts           REAL,
     loadPct          REAL,
     stateOfChargePct REAL,
     apparentPowerVA  REAL,
     reactivePowerVar REAL,
     powerFactor      REAL,
     frequencyHz      REAL,
     voltageV         REAL,
     voltageL1V       REAL,
     voltageL2V       REAL,
     voltageL3V       REAL,
     currentL1A       REAL,
     currentL2A       REAL,
     currentL3A       REAL,
     oilPressureKPa   REAL,
     coolantC         REAL,
     batteryV         REAL,
     irradianceWPerM2 REAL,
     temperatureC     REAL,
     waterM3          REAL,
     headcount        REAL,
     PRIMARY KEY (meter_id, at)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE meter_day (
     meter_id  INTEGER NOT NULL REFERENCES meter (id),
     day       INTEGER NOT NULL, -- days since 1970-01-01, UTC
     start     TEXT NOT NULL,    -- accounting state at the day's first instant, JSON
     intervals BLOB NOT NULL,    -- 96 quarters of an hour, see interval-codec.ts
     PRIMARY KEY (meter_id, day)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE ledger (
     level           TEXT NOT NULL, -- day, month
     mission         TEXT NOT NULL,
     period          TEXT NOT NULL, -- local date of the mission: 2026-11-24, 2026-11
     camp            TEXT NOT NULL,
     source          TEXT NOT NULL,
     ownership       TEXT NOT NULL,
     ${AMOUNTS}
     PRIMARY KEY (level, mission, period, camp, source, ownership)
   ) STRICT, WITHOUT ROWID;`,
  // What a contributing unit brought: entries of one camp, source and ownership apart by unit.
  `CREATE TABLE ledger_by_unit (
     level           TEXT NOT NULL, -- day, month
     mission         TEXT NOT NULL,
     period          TEXT NOT NULL, -- local date of the mission: 2026-11-24, 2026-11
     camp            TEXT NOT NULL,
     source          TEXT NOT NULL,
     ownership       TEXT NOT NULL,
     contributor     TEXT NOT NULL, -- country and unit: BD/BANBATT; empty for equipment of no unit
     ${AMOUNTS}
     PRIMARY KEY (level, mission, period, camp, source, ownership, contributor)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO ledger_by_unit
     SELECT level, mission, period, camp, source, ownership, '', energyWh, reverseWh, exportedWh, renewableWh,
       fuelMl, estimatedFuelMl, recoveredWh, estimatedWh, manualWh, implausibleWh, coveredWs
     FROM ledger;
   DROP TABLE ledger;
   ALTER TABLE ledger_by_unit RENAME TO ledger;`,
];
