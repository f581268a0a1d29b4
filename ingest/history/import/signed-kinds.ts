/** Each kind of signed lines with what it is written to. */
import type { Registry } from '#lib/registry/types.ts';
import { openCorrectionStore } from '#lib/server/registry/correction-store.ts';
import { openRegistryStore, type RegistryStore } from '#lib/server/registry/registry-store.ts';
import type { Settings } from '#lib/server/settings.ts';
import type { CsvRow } from './csv-file.ts';
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
  const registryStore = openRegistryStore(settings.dataDir);
  try {
    switch (kind) {
      case 'headcount':
        return await importSigned({ rows, report, take: headcountRows({ ...taking, registryStore }) });
      case 'monthly':
        return await withCorrections(settings, registryStore, { rows, report, ...taking });
    }
  } finally {
    registryStore.close();
  }
}

async function withCorrections(
  { dataDir }: Settings,
  registryStore: RegistryStore,
  { rows, report, ...taking }: Omit<SignedParts, 'settings'>,
): Promise<void> {
  const corrections = openCorrectionStore(dataDir);
  const { registry }: { registry: Registry } = registryStore.current();
  try {
    await importSigned({ rows, report, take: monthlyRows({ ...taking, registry, corrections }) });
  } finally {
    corrections.close();
  }
}
