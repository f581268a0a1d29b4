/** The sources' names in the reader's language. */
import type { Source } from '#lib/energy/source.ts';
import { m } from '#lib/paraglide/messages.js';

export function sourceWord(source: Source | null): string {
  switch (source) {
    case 'solar':
      return m.source_solar();
    case 'wind':
      return m.source_wind();
    case 'hydro':
      return m.source_hydro();
    case 'grid':
      return m.source_grid();
    case 'diesel':
      return m.source_diesel();
    case 'battery':
      return m.source_battery();
    case 'load':
      return m.source_load();
    case null:
      return m.source_unknown();
  }
}
