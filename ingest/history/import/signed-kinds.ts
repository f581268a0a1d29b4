/** Each kind of signed lines with what it is written to. */
import { openCorrectionStore } from '#lib/server/registry/correction-store.ts';
import { openFuelRecordStore } from '#lib/server/registry/fuel-record-store.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import type { Settings } from '#lib/server/settings.ts';
import { openClosedDays } from '../closed-range.ts';
import type { CsvRow } from './csv-file.ts';
import { fuelRows } from './fuel-rows.ts';
import { headcountRows } from './headcount-rows.ts';
import { importSigned, type Taking } from './import-signed.ts';
import { monthlyRows } from './monthly-rows.ts';
import type { ImportReport } from './report.ts';
import type { SignedKind } from './table.ts';

interface SignedParts extends Taking {
  readonly settings: Settings;
  readonly rows: AsyncIterable<CsvRow>;
  readonly report: ImportReport;
}

/** @throws Refused when the file cannot be taken; AppError when it cannot be written */
export async function takeSigned(
  kind: SignedKind,
  { settings, rows, report, ...taking }: SignedParts,
): Promise<void> {
  const { dataDir } = settings;
  const registryStore = openRegistryStore(dataDir);
  const { registry } = registryStore.current();
  try {
    switch (kind) {
      case 'headcount':
        return await importSigned({ rows, report, take: headcountRows({ ...taking, registryStore }) });
      case 'monthly':
        return await closing(openCorrectionStore(dataDir), (corrections) =>
          closing(openClosedDays(settings), (closedDays) => {
            const take = monthlyRows({ ...taking, registry, corrections, closedDays });
            return importSigned({ rows, report, take });
          }),
        );
      case 'deliveries':
      case 'stock':
        return await closing(openFuelRecordStore(dataDir), (fuel) =>
          importSigned({ rows, report, take: fuelRows(kind, { ...taking, registry, fuel }) }),
        );
    }
  } finally {
    registryStore.close();
  }
}

async function closing<T extends { close(): void | Promise<void> }>(
  opened: T,
  use: (opened: T) => Promise<void>,
): Promise<void> {
  try {
    await use(opened);
  } finally {
    await opened.close();
  }
}
