/** The worker's own small HTTP server: `/health` (503 when failing) and `/metrics`. Reads only. */
import { createServer, type Server } from 'node:http';
import { AppError } from '#lib/server/errors.ts';
import type { HealthReport } from './health.ts';

export interface StatusServer {
  close(): Promise<void>;
}

export async function startStatusServer(options: {
  readonly host: string;
  readonly port: number;
  readonly health: () => HealthReport;
  readonly metrics: { contentType: string; text(): Promise<string> };
}): Promise<StatusServer> {
  const server: Server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    switch (new URL(request.url ?? '/', 'http://worker').pathname) {
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
        answer(404, 'text/plain', 'The worker answers /health and /metrics.\n');
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
