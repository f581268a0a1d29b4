import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acceptedEncoding, compressed } from '#lib/server/compress.ts';

const PAGE = `<!doctype html>${'<tr><td>Genset 1</td></tr>'.repeat(400)}`;
const request = (encoding?: string, method = 'GET') =>
  new Request('http://a/', {
    method,
    headers: encoding === undefined ? {} : { 'accept-encoding': encoding },
  });
const page = (headers: Record<string, string> = {}, body: BodyInit = PAGE) =>
  new Response(body, { headers: { 'content-type': 'text/html', ...headers } });
const bytes = async (response: Response) => new Uint8Array(await response.arrayBuffer());

describe('an answer', () => {
  it('goes out as small as the other side takes it, and says so', async () => {
    const br = await compressed(request('gzip, deflate, br, zstd'), page({ etag: '"a1"', vary: 'Cookie' }));
    expect(br.headers.get('content-encoding')).toBe('br');
    expect(br.headers.get('vary')).toBe('Cookie, Accept-Encoding');
    expect(br.headers.get('etag')).toBe('"a1-br"');
    const body = await bytes(br);
    expect(br.headers.get('content-length')).toBe(String(body.length));
    expect(body.length).toBeLessThan(PAGE.length / 10);
    expect(brotliDecompressSync(body).toString()).toBe(PAGE);

    const gz = await compressed(request('gzip'), page());
    expect(gunzipSync(await bytes(gz)).toString()).toBe(PAGE);
  });

  it.each([
    ['gzip;q=0, br;q=0', undefined],
    ['gzip;q=0.0, *', undefined],
    ['identity', undefined],
    [null, undefined],
    ['GZIP;q=0.5', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
  ])('to %s is packed as %s', (header, encoding) => {
    expect(acceptedEncoding(header)).toBe(encoding);
  });

  it.each([
    ['a live stream', { 'content-type': 'text/event-stream', 'cache-control': 'no-transform' }],
    ['what must not be changed', { 'cache-control': 'no-store, no-transform' }],
    ['what is packed already', { 'content-encoding': 'gzip' }],
    ['an image', { 'content-type': 'image/png' }],
    ['a few words', { 'content-length': '40' }],
  ])('that is %s stays as it is', async (_, headers) => {
    const whole = page(headers);
    expect(await compressed(request('br'), whole)).toBe(whole);
  });

  it('to a side that takes nothing is whole, and tells caches that it might be otherwise', async () => {
    const whole = await compressed(request(), page());
    expect(whole.headers.has('content-encoding')).toBe(false);
    expect(whole.headers.get('vary')).toBe('Accept-Encoding');
    expect(await whole.text()).toBe(PAGE);
  });

  it('keeps its status', async () => {
    const missing = new Response(PAGE, { status: 404, headers: { 'content-type': 'text/html' } });
    expect((await compressed(request('br'), missing)).status).toBe(404);
  });
});
