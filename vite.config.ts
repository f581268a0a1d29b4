import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

// Plain tests need no Svelte compiler: `#lib/...` resolves through package.json, as it does in Node.
const isTest = process.env['VITEST'] !== undefined;

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
      ],
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
