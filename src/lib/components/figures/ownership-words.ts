/** Whose equipment it is, in the reader's language. */
import type { Ownership } from '#lib/energy/source.ts';
import { m } from '#lib/paraglide/messages.js';

export function ownershipWord(ownership: Ownership): string {
  switch (ownership) {
    case 'un-owned':
      return m.ownership_un_owned();
    case 'coe-wet':
      return m.ownership_coe_wet();
    case 'coe-dry':
      return m.ownership_coe_dry();
    case 'third-party':
      return m.ownership_third_party();
    case 'host-grid':
      return m.ownership_host_grid();
    case 'other-agency':
      return m.ownership_other_agency();
  }
}
