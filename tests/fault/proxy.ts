/**
 * A TCP proxy that misbehaves on request, between the worker and a real server. Each fault strikes the
 * connections that stand at that moment; those that come later are clean until the next strike, unless the
 * fault lasts (`delay`, `refuse`).
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** `up`: from the worker to the server. `down`: what the server answers. */
export type Direction = 'up' | 'down';

export type Fault =
  /** every chunk comes `byMs` later, for `forMs` */
  | { readonly kind: 'delay'; readonly byMs: number; readonly forMs: number }
  /** RST at once, with whatever was under way */
  | { readonly kind: 'reset' }
  /** both ends stay open and hear nothing of each other; after `forMs`, RST */
  | { readonly kind: 'half-open'; readonly forMs: number }
  /** `afterBytes` more pass in one direction, most likely to the middle of a packet, then RST */
  | { readonly kind: 'cut'; readonly direction: Direction; readonly afterBytes: number }
  /** the first `headBytes` of the server's next answer pass and the rest does not; after `forMs`, RST */
  | { readonly kind: 'stall'; readonly headBytes: number; readonly forMs: number }
  /** whatever is asked is answered at once with this HTTP status, for `forMs`; the server hears nothing of it */
  | { readonly kind: 'answer'; readonly status: AnsweredStatus; readonly forMs: number }
  /** nobody is let in for `forMs`, and who is in is thrown out */
  | { readonly kind: 'refuse'; readonly forMs: number };

/** As InfluxDB words them. */
const ANSWERS = {
  401: 'authorization failed',
  403: 'bluewatt not authorized to write to bluewatt',
  404: 'page not found',
  500: 'timeout',
  503: 'write queue full',
} as const;
export type AnsweredStatus = keyof typeof ANSWERS;

export interface Proxy {
  readonly port: number;
  strike(fault: Fault): void;
  /** Ends every fault; connections that were hurt are gone, new ones are clean. */
  heal(): void;
  close(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  isMute: boolean;
  cut: { direction: Direction; left: number } | undefined;
  stall: { left: number } | undefined;
}

export async function startProxy(target: { readonly port: number; readonly on?: number }): Promise<Proxy> {
  const links = new Set<Link>();
  const timers = new Set<NodeJS.Timeout>();
  /** chunks on their slow way, in the order in which they came */
  const delayed = new Map<NodeJS.Timeout, () => void>();
  let delayMs = 0;
  let isRefusing = false;
  let answering: AnsweredStatus | undefined;

  function reset(link: Link): void {
    if (!links.delete(link)) return;
    link.client.resetAndDestroy();
    link.server.resetAndDestroy();
  }

  function later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  }

  /** What may pass of `chunk`, and whether the link ends with it. */
  function passing(link: Link, direction: Direction, chunk: Buffer): { bytes: Buffer; isLast: boolean } {
    if (link.isMute) return { bytes: chunk.subarray(0, 0), isLast: false };
    if (link.cut?.direction === direction) {
      const bytes = chunk.subarray(0, link.cut.left);
      link.cut.left -= bytes.length;
      return { bytes, isLast: link.cut.left === 0 };
    }
    if (link.stall !== undefined && direction === 'down') {
      const bytes = chunk.subarray(0, link.stall.left);
      link.stall.left -= bytes.length;
      return { bytes, isLast: false };
    }
    return { bytes: chunk, isLast: false };
  }

  function forward(link: Link, direction: Direction): void {
    const [from, to] = direction === 'up' ? [link.client, link.server] : [link.server, link.client];
    // Delayed chunks keep their order: none leaves before the one ahead of it.
    let leavesAt = 0;
    from.on('data', (chunk: Buffer) => {
      if (direction === 'up' && answering !== undefined) {
        from.end(httpAnswer(answering));
        return;
      }
      const { bytes, isLast } = passing(link, direction, chunk);
      const pass = (): void => {
        if (bytes.length > 0 && to.writable) to.write(bytes);
        if (!isLast) return;
        // Lets the bytes go out first: it is the packet that is to be cut, not the write.
        setTimeout(() => {
          reset(link);
        }, 5);
      };
      const now = Date.now();
      leavesAt = Math.max(leavesAt, now + delayMs);
      if (leavesAt <= now) {
        pass();
        return;
      }
      const timer = setTimeout(() => {
        delayed.delete(timer);
        pass();
      }, leavesAt - now);
      delayed.set(timer, pass);
    });
    from.on('end', () => {
      if (!link.isMute && to.writable) to.end();
    });
    from.on('error', () => {
      reset(link);
    });
    from.on('close', () => {
      if (!link.isMute) to.destroy();
      if (link.client.destroyed && link.server.destroyed) links.delete(link);
    });
  }

  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    if (isRefusing) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: target.port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const link: Link = { client, server, isMute: false, cut: undefined, stall: undefined };
    links.add(link);
    forward(link, 'up');
    forward(link, 'down');
  });
  listener.listen(target.on ?? 0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');

  function strike(fault: Fault): void {
    const hit = [...links];
    switch (fault.kind) {
      case 'delay':
        delayMs = fault.byMs;
        later(fault.forMs, () => (delayMs = 0));
        return;
      case 'reset':
        hit.forEach(reset);
        return;
      case 'half-open':
        for (const link of hit) link.isMute = true;
        later(fault.forMs, () => {
          hit.forEach(reset);
        });
        return;
      case 'cut':
        for (const link of hit) link.cut = { direction: fault.direction, left: fault.afterBytes };
        return;
      case 'stall':
        for (const link of hit) link.stall = { left: fault.headBytes };
        later(fault.forMs, () => {
          hit.forEach(reset);
        });
        return;
      case 'answer':
        answering = fault.status;
        later(fault.forMs, () => (answering = undefined));
        return;
      case 'refuse':
        isRefusing = true;
        hit.forEach(reset);
        later(fault.forMs, () => (isRefusing = false));
    }
  }

  function heal(): void {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    delayMs = 0;
    isRefusing = false;
    answering = undefined;
    // TCP loses nothing of a connection that stands: what is late arrives now.
    for (const [timer, pass] of delayed) {
      clearTimeout(timer);
      pass();
    }
    delayed.clear();
    for (const link of links) {
      if (link.isMute || link.cut !== undefined || link.stall !== undefined) reset(link);
    }
  }

  return {
    port: address.port,
    strike,
    heal,
    async close() {
      heal();
      for (const link of links) reset(link);
      listener.close();
      await once(listener, 'close');
    },
  };
}

function httpAnswer(status: AnsweredStatus): string {
  const body = JSON.stringify({ error: ANSWERS[status] });
  return `HTTP/1.1 ${String(status)} Fault\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\nconnection: close\r\n\r\n${body}`;
}
