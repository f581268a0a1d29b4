/** What a page makes its reader fetch, weighed as gzip packs it, whatever the server happened to send. */
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';

/** Bytes after gzip. */
export interface Weight {
  readonly scriptBeforeCharts: number;
  readonly script: number;
  readonly all: number;
}

/** Weighs everything `page` receives from now on; ask for the sum when it has come to rest. */
export function weigh(page: Page): () => Promise<Weight> {
  const weighed: Promise<Weight>[] = [];
  page.on('response', (response) => {
    // A live line has no end to wait for, and its bytes are readings, not the page.
    if (response.headers()['content-type']?.includes('event-stream') === true) return;
    weighed.push(
      response.body().then((body) => {
        const all = gzipSync(body).length;
        const isScript = response.headers()['content-type']?.includes('javascript') === true;
        const script = isScript ? all : 0;
        // Chart.js, known by a sentence of its own, is loaded when its canvas is about to be seen.
        return { scriptBeforeCharts: body.includes('is not a registered') ? 0 : script, script, all };
      }),
    );
  });
  return async () => {
    const sum = { scriptBeforeCharts: 0, script: 0, all: 0 };
    for (const each of await Promise.all(weighed)) {
      sum.scriptBeforeCharts += each.scriptBeforeCharts;
      sum.script += each.script;
      sum.all += each.all;
    }
    return sum;
  };
}
