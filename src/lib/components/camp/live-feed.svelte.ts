/** A camp's live readings as a page follows them: the link, and what it says of itself, as state. */
import type { FeedReading, FeedSilence } from './feed-reading.ts';
import { BROWSER, LiveLink, type LinkState } from './live-link.ts';

export class LiveFeed {
  state = $state.raw<LinkState>({ kind: 'connecting' });
  /** false while the server itself has no broker to hear from */
  hasBroker = $state(true);
  /** Starts, and stops again with what it returns. */
  readonly run: () => () => void;

  /**
   * @param onReadings hears the newest of each meter, at most a few times a second
   * @param onGap hears that so much was missed that the page is better read again
   * @param onSilence hears that a device left, or came back
   */
  constructor(
    address: string,
    onReadings: (readings: readonly FeedReading[]) => void,
    onGap: () => void = () => undefined,
    onSilence: (silence: FeedSilence) => void = () => undefined,
  ) {
    this.run = new LiveLink(
      address,
      {
        onReadings,
        onGap,
        onSilence,
        onState: (state) => {
          this.state = state;
        },
        onBroker: (isConnected) => {
          this.hasBroker = isConnected;
        },
      },
      BROWSER,
    ).run;
  }
}
