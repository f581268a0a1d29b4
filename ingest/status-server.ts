/**
 * The worker's own small HTTP server: `/health` (503 when failing), `/metrics` and what other rooms answer. Changes
 * nothing: a question may have a body, which is bounded.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { AppError } from '#lib/server/errors.ts';
import type { HealthReport } from './health.ts';

/** A registry of 10,000 meters, as JSON, twice over. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;

export interface StatusRequest {
  readonly path: string;
  readonly search: URLSearchParams;
  readonly body: string;
  /** epoch ms */
  readonly now: number;
}

export interface StatusServer {
  close(): Promise<void>;
}

export async function startStatusServer(options: {
  readonly host: string;
  readonly port: number;
  readonly health: () => HealthReport;
  readonly metrics: { contentType: string; text(): Promise<string> };
  /** answers other addresses with JSON; undefined where there is nothing */
  readonly other?: (request: StatusRequest) => unknown;
}): Promise<StatusServer> {
  const server: Server = createServer((request, response) => {
    const answer: Answer = (status, type, body) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    switch (addressOf(request).pathname) {
      case '/health': {
        const report = options.health();
        answer(report.status === 'failing' ? 503 : 200, 'application/json', `${JSON.stringify(report)}\n`);
        break;
      }
      case '/metrics':
        options.metrics.text().then(
          (text) => {
            answer(200, options.metrics.contentType, text);
          },
          (error: unknown) => {
            answer(500, 'text/plain', String(error));
          },
        );
        break;
      default:
        void answerOther(request, options.other, answer);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const address = `${options.host}:${String(options.port)}`;
      reject(
        new AppError(
          'PORT_IN_USE',
          `The worker's status page cannot listen on ${address} (WORKER_HOST, WORKER_PORT): ${cause.message}`,
          {
            retryable: false,
            cause,
          },
        ),
      );
    });
    server.listen(options.port, options.host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type Answer = (status: number, type: string, body: string) => void;

function addressOf({ url }: IncomingMessage): URL {
  return new URL(url ?? '/', 'http://worker');
}

async function answerOther(
  request: IncomingMessage,
  other: ((request: StatusRequest) => unknown) | undefined,
  answer: Answer,
): Promise<void> {
  const { pathname: path, searchParams: search } = addressOf(request);
  const body = await bodyOf(request);
  if (body === undefined) {
    answer(413, 'text/plain', `A body has at most ${String(BODY_BYTES_MAX)} bytes.\n`);
    return;
  }
  try {
    const found = other?.({ path, search, body, now: Date.now() });
    if (found === undefined) answer(404, 'text/plain', 'The worker answers /health and /metrics.\n');
    else answer(200, 'application/json', `${JSON.stringify(found)}\n`);
  } catch (error) {
    // A question must never end the worker.
    answer(500, 'text/plain', `${String(error)}\n`);
  }
}

/** Undefined when it is too long, or the other side went away. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}
