/** An HTTP server that answers as told: for what a real InfluxDB is hard to bring to say. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

export interface Request {
  readonly path: string;
  readonly search: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** unpacked */
  readonly body: string;
  readonly lines: readonly string[];
}

export type Respond = (request: Request, response: ServerResponse) => void;

export interface FakeInflux {
  readonly port: number;
  /** every request so far, oldest first */
  readonly requests: readonly Request[];
  /** lines that were answered with 204, in order */
  readonly stored: readonly string[];
  respond: Respond;
  close(): Promise<void>;
}

/** Answers a write with 204 and a query with no series. */
export const accept: Respond = ({ path }, response) => {
  if (path.endsWith('/write')) response.writeHead(204).end();
  else
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"results":[{"statement_id":0}]}');
};

export function answer(status: number, body: unknown = '', headers: Record<string, string> = {}): Respond {
  return (_, response) => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export async function startFakeInflux(): Promise<FakeInflux> {
  const requests: Request[] = [];
  const stored: string[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => undefined);
    incoming.on('end', () => {
      const packed = Buffer.concat(chunks);
      const body = (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed).toString();
      const url = new URL(incoming.url ?? '/', 'http://fake');
      const request = {
        path: url.pathname,
        search: url.searchParams,
        headers: incoming.headers,
        body,
        lines: body.split('\n'),
      };
      requests.push(request);
      response.on('finish', () => {
        if (response.statusCode === 204) stored.push(...request.lines);
      });
      fake.respond(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const fake: FakeInflux = {
    port: address.port,
    requests,
    stored,
    respond: accept,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}
