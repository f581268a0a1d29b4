/** The effect of a change as its page is given it, and why it cannot be told. */
import { m } from '#lib/paraglide/messages.js';

interface Figures {
  readonly renewableShare: number | null;
  readonly totalWh: number;
}

export type EffectView =
  | {
      readonly state: 'done';
      readonly preview: {
        readonly meters: readonly { meter: string; from: string; to: string; days: number }[];
        readonly camps: readonly { mission: string; camp: string; from: string; to: string; days: number }[];
        readonly months: readonly {
          mission: string;
          name: string;
          month: string;
          before: Figures;
          after: Figures;
        }[];
      };
    }
  | { readonly state: 'running' | 'busy' | 'too-long' | 'too-large' | 'failed' | 'other-version' | 'silent' };

export function effectWord(state: EffectView['state']): string {
  switch (state) {
    case 'too-long':
    case 'too-large':
      return m.registry_effect_too_long();
    case 'failed':
      return m.registry_effect_failed();
    case 'running':
    case 'busy':
    case 'other-version':
      return m.registry_effect_not_yet();
    case 'silent':
    case 'done':
      return m.registry_effect_silent();
  }
}
