import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig, type Plugin } from 'vitest/config';
import { PAGE_SCRIPTS, pageScriptFile, pageScriptSource } from './src/lib/page-scripts/names.ts';

// Plain tests need no Svelte compiler: `#lib/...` resolves through package.json, as it does in Node.
const isTest = process.env['VITEST'] !== undefined;

/** Builds the pages' own scripts beside the framework's, sharing its chunks: one file each, under a fixed name. */
const pageScripts: Plugin = {
  name: 'page-scripts',
  apply: 'build',
  buildStart() {
    if (this.environment.name !== 'client') return;
    for (const name of PAGE_SCRIPTS) {
      this.emitFile({ type: 'chunk', id: pageScriptSource(name), fileName: pageScriptFile(name) });
    }
  },
};

export default defineConfig({
  plugins: isTest
    ? []
    : [
        paraglideVitePlugin({
          project: './project.inlang',
          outdir: './src/lib/paraglide',
          strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
        }),
        sveltekit(),
        pageScripts,
      ],
  // It names Svelte among what it can serve, so Vite takes it for a library of components and would pack all of it in.
  ssr: { external: ['better-auth'] },
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    environment: 'node',
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores: more workers only make the real servers beside them late.
    maxWorkers: 2,
  },
});
