/** The doors in the wall of the embedded broker: a plain one, and one with TLS whose certificate is followed when it is renewed. */
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { AppError } from '#lib/server/errors.ts';

/** A client that begins a handshake and goes no further holds a place no longer. */
const HANDSHAKE_MS = 10_000;

export interface Place {
  readonly host: string;
  /** 0 takes a free port */
  readonly port: number;
}

export interface TlsPlace extends Place {
  /** PEM files: the certificate with those that sign it, and its key */
  readonly certFile: string;
  readonly keyFile: string;
}

export interface ListenerParts {
  readonly onSocket: (socket: Socket) => void;
  readonly onFault: (error: Error) => void;
}

export class BrokerListener {
  readonly #place: Place | TlsPlace;
  readonly #parts: ListenerParts;
  readonly #server: Server | TlsServer;
  readonly #sockets = new Set<Socket>();
  /** of the files that are in use */
  #filesAt = '';
  /** told once */
  #badAt = '';

  /** @throws AppError CONFIG_INVALID when certificate or key cannot be used */
  constructor(place: Place | TlsPlace, parts: ListenerParts) {
    this.#place = place;
    this.#parts = parts;
    const take = (socket: Socket): void => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      parts.onSocket(socket);
    };
    if (!('certFile' in place)) {
      this.#server = createServer(take);
      return;
    }
    try {
      this.#filesAt = changedAt(place);
      this.#server = createTlsServer(
        { ...filesOf(place), minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS },
        take,
      );
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const files = `${place.certFile} and ${place.keyFile}`;
      const message = `The embedded broker cannot use the certificate and key in ${files} (BROKER_TLS_CERT_FILE, BROKER_TLS_KEY_FILE): ${why}. Both have to be PEM files that the worker's user may read.`;
      throw new AppError('CONFIG_INVALID', message, { retryable: false, cause });
    }
    // A handshake that fails is its client's affair, and anybody on the network can make one fail.
    this.#server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
  }

  async listen(): Promise<void> {
    await listen(this.#server, this.#place);
    // Out of file handles, for one: those who are connected go on, and the others try again.
    this.#server.on('error', this.#parts.onFault);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#place.port;
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** Takes a certificate that was renewed since, for those who connect from now on. */
  followCertificate(): void {
    if (!('certFile' in this.#place) || !('setSecureContext' in this.#server)) return;
    let at = 'missing';
    try {
      at = changedAt(this.#place);
      if (at === this.#filesAt || at === this.#badAt) return;
      this.#server.setSecureContext({ ...filesOf(this.#place), minVersion: 'TLSv1.2' });
      this.#filesAt = at;
    } catch (error) {
      // Half of a renewal, most likely: the old certificate goes on until both files fit.
      if (at === this.#badAt) return;
      this.#badAt = at;
      const why = error instanceof Error ? error.message : String(error);
      this.#parts.onFault(new Error(`The renewed certificate is not used, the one before is: ${why}`));
    }
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    // Also who connected but never said CONNECT: Aedes knows nothing of them.
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function filesOf({ certFile, keyFile }: TlsPlace): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

function changedAt({ certFile, keyFile }: TlsPlace): string {
  return [certFile, keyFile].map((file) => String(statSync(file).mtimeMs)).join(' ');
}

function listen(server: Server, place: Place | TlsPlace): Promise<void> {
  const { host, port } = place;
  const setting = 'certFile' in place ? 'BROKER_TLS_PORT' : 'BROKER_PORT';
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const why =
        cause.code === 'EADDRINUSE'
          ? `Another program already listens on ${host}:${String(port)}. Set ${setting} to a free port, or MQTT_URL=mqtt://${host}:${String(port)} to use that broker.`
          : `The embedded broker cannot listen on ${host}:${String(port)}: ${cause.message}`;
      reject(new AppError('PORT_IN_USE', why, { retryable: false, cause }));
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
