/** Delivery as the worker runs it: on its files, with what else has to hear of a message. */
import type { Accountant } from './account/accountant.ts';
import type { Bookmarks } from './account/bookmarks.ts';
import type { Decoder } from './decode/message.ts';
import { systemClock } from './deliver/clock.ts';
import { createDelivery, DELIVERY_LIMITS, type Delivery } from './deliver/delivery.ts';
import type { LivePublisher } from './live/live-publisher.ts';
import type { WorkerFiles } from './opening.ts';
import type { WorkerEvents } from './worker-events.ts';

export function createWorkerDelivery(parts: {
  readonly files: Pick<WorkerFiles, 'store' | 'letters' | 'spool' | 'inJournal'>;
  readonly decode: Decoder['decode'];
  readonly accounts: Pick<Accountant, 'take'>;
  readonly live: Pick<LivePublisher, 'note'>;
  readonly events: Pick<WorkerEvents, 'noteDelivery'>;
  readonly marks: Bookmarks;
}): Delivery {
  const { files, accounts, live, events, decode, marks } = parts;
  const { store, letters, spool, inJournal } = files;
  return createDelivery({
    ...{ decode, inJournal, letters, spool, marks, clock: systemClock, limits: DELIVERY_LIMITS },
    writeReadings: (readings) => store.writeReadings(readings),
    onStored: (readings) => {
      accounts.take(readings);
    },
    onDecoded: (readings) => {
      live.note(readings);
    },
    onFault: (fault) => {
      events.noteDelivery(fault);
    },
  });
}
