/**
 * Answers made anew each time (pages, JSON, CSV) go out compressed: over a satellite link a page of 120 kB is one of 20.
 * What was built is compressed beforehand and served as it lies. No library: Node has both methods, and the only work
 * is knowing what to leave alone, above all the live stream, which must never wait to be full.
 *
 * Nothing here is a secret that an attacker could guess by the length of an answer: pages repeat no token and no password.
 */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const COMPRESSIBLE = /^(?:text\/(?:html|csv|plain)|application\/json)\b/;
/** Below, the head of the answer weighs more than what is saved. */
const LEAST_BYTES = 1_000;
/** A tenth of the time of the highest and within a few per cent of its size, for text of this kind. */
const BROTLI_QUALITY = 5;
const GZIP_LEVEL = 6;

type Encoding = 'br' | 'gzip';

const pack: Readonly<Record<Encoding, (body: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>>> = {
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength,
      },
    }),
  gzip: (body) => promisify(gzip)(body, { level: GZIP_LEVEL }),
};

/** The best that the other side takes; undefined when it takes none. */
export function acceptedEncoding(header: string | null): Encoding | undefined {
  const taken = new Set(
    (header ?? '').split(',').flatMap((part) => {
      const [name = '', ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const isRefused = parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
      return isRefused ? [] : [name];
    }),
  );
  return (['br', 'gzip'] as const).find((encoding) => taken.has(encoding));
}

function isCompressible({ status, headers, body }: Response): boolean {
  const length = headers.get('content-length');
  return (
    body !== null &&
    status !== 206 &&
    !headers.has('content-encoding') &&
    !/\bno-transform\b/.test(headers.get('cache-control') ?? '') &&
    COMPRESSIBLE.test(headers.get('content-type') ?? '') &&
    (length === null || Number(length) >= LEAST_BYTES)
  );
}

/** The same answer, as small as `request` takes it. */
export async function compressed(request: Request, response: Response): Promise<Response> {
  if (!isCompressible(response)) return response;
  const headers = new Headers(response.headers);
  headers.append('vary', 'Accept-Encoding');
  const encoding = acceptedEncoding(request.headers.get('accept-encoding'));
  const { status, statusText } = response;
  if (encoding === undefined || request.method === 'HEAD')
    return new Response(response.body, { status, statusText, headers });
  const packed = await pack[encoding](new Uint8Array(await response.arrayBuffer()));
  headers.set('content-encoding', encoding);
  headers.set('content-length', String(packed.byteLength));
  // Another form of the same page is another thing to a cache.
  const etag = headers.get('etag');
  if (etag !== null) headers.set('etag', etag.replace(/"$/, `-${encoding}"`));
  return new Response(packed, { status, statusText, headers });
}
