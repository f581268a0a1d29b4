/** How it is known that a meter has fallen silent, in the reader's language. */
import type { SilenceCause } from '#lib/energy/silence.ts';
import { m } from '#lib/paraglide/messages.js';

export function silenceWord(cause: SilenceCause): string {
  switch (cause) {
    case 'last-will':
      return m.silent_last_will();
    case 'heartbeat-lost':
      return m.silent_heartbeat_lost();
    case 'device-gone':
      return m.silent_device_gone();
    case 'death-certificate':
      return m.silent_death_certificate();
  }
}
