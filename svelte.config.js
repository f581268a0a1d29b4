import { readFileSync, writeFileSync } from 'node:fs';
import adapter from '@sveltejs/adapter-node';

/**
 * The adapter's server listens on every address where HOST is not set. Ours then listens on this machine alone, as
 * docs/operations.md says: access is open there, and nowhere else without being told.
 */
function listeningOnLoopback(inner) {
  return {
    ...inner,
    async adapt(builder) {
      await inner.adapt(builder);
      const file = 'build/index.js';
      const server = readFileSync(file, 'utf8');
      const everywhere = /env\((['"])HOST\1, (['"])0\.0\.0\.0\2\)/;
      if (!everywhere.test(server))
        throw new Error(`${file} takes HOST in a way that svelte.config.js does not know.`);
      writeFileSync(file, server.replace(everywhere, "env('HOST', '127.0.0.1')"));
    },
  };
}

/** @type {import('@sveltejs/kit').Config} */
export default {
  kit: {
    adapter: listeningOnLoopback(adapter({ precompress: true })),
    // Every script and style comes from this origin or carries a nonce; nothing is loaded from elsewhere,
    // because camps' links reach nothing else and a monitoring page has no business running foreign code.
    csp: {
      mode: 'nonce',
      directives: {
        'default-src': ['self'],
        'script-src': ['self'],
        'style-src': ['self', 'unsafe-inline'],
        'img-src': ['self', 'data:'],
        'connect-src': ['self'],
        'object-src': ['none'],
        'base-uri': ['none'],
        'form-action': ['self'],
        'frame-ancestors': ['none'],
      },
    },
  },
};
