/** The words for how far a share can be trusted; four states, four words. */
import type { CoverageThresholds, ShareStatus } from '#lib/energy/coverage.ts';
import { formatShare } from '#lib/format/number.ts';
import { m } from '#lib/paraglide/messages.js';

export function statusWord(status: ShareStatus): string {
  switch (status) {
    case 'reportable':
      return m.status_reportable();
    case 'provisional':
      return m.status_provisional();
    case 'withheld':
      return m.status_withheld();
    case 'no-data':
      return m.status_no_data();
  }
}

export function statusMeaning(status: ShareStatus, thresholds: CoverageThresholds, locale: string): string {
  const reportable = formatShare(thresholds.reportable, locale, 0);
  const provisional = formatShare(thresholds.provisional, locale, 0);
  switch (status) {
    case 'reportable':
      return m.status_reportable_meaning({ reportable });
    case 'provisional':
      return m.status_provisional_meaning({ provisional, reportable });
    case 'withheld':
      return m.status_withheld_meaning({ provisional });
    case 'no-data':
      return m.status_no_data_meaning();
  }
}
