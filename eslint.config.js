import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';
import { importRules } from './tests/support/import-rules.js';

// One table (tests/support/import-rules.js) says who may import whom. ESLint tells an editor at once;
// tests/architecture.test.ts walks the same table over real files and also looks for cycles.
const layering = importRules.map(({ files, forbidden, message }) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: forbidden.map((regex) => ({ regex, message })) },
    ],
  },
}));

export default ts.config(
  { ignores: ['build/', '.svelte-kit/', 'data/', 'data-demo/', 'src/lib/paraglide/', 'coverage/'] },
  ...ts.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.node, ...globals.browser },
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only src/lib/server/context.ts and ingest/config.ts read the environment.',
        },
      ],
      // Pages link inside one origin at the root; `resolve()` adds nothing there.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: { 'max-lines': ['error', { max: 150, skipBlankLines: true, skipComments: true }] },
  },
  {
    // A test file is a list of stories: its length says how much is told, not that two things are one.
    files: ['tests/**/*.ts'],
    rules: { 'max-lines': 'off', 'max-lines-per-function': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: [
      'src/lib/server/context.ts',
      'ingest/config.ts',
      'scripts/**/*.{ts,mjs}',
      'vite.config.ts',
      'ingest/cli/**/*.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['**/*.{js,mjs}'], ...ts.configs.disableTypeChecked },
  ...layering,
);
