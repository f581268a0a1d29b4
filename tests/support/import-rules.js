/**
 * Who may import whom. `files` are globs of the importing side; `forbidden` are regular expressions that
 * an import specifier (as written) must not match; `message` says where the code belongs instead.
 */
const lib = (name) => `(^#lib/|^(\\.\\./)+(lib/)?|/lib/)${name}(/|\\.)`;
const ingest = '(^|/)ingest/';

export const importRules = [
  {
    files: ['src/lib/energy/**/*.ts'],
    forbidden: ['^node:', '^\\$', '^#lib', '^\\.\\./', '^(?!\\.\\.?/)'],
    message: 'src/lib/energy is pure and imports nothing but itself: pass time, zone and data as arguments.',
  },
  {
    files: ['src/lib/format/**/*.ts', 'src/lib/charts/**/*.ts'],
    forbidden: ['^node:', lib('server'), lib('components'), lib('registry'), ingest],
    message: 'format and charts are pure and may use src/lib/energy only.',
  },
  {
    files: ['src/lib/page-scripts/**/*.ts'],
    forbidden: [
      '^node:',
      '^\\$',
      lib('server'),
      lib('components'),
      lib('registry'),
      lib('paraglide'),
      ingest,
    ],
    message:
      'A page script moves what the server drew: charts and format only, no components and no messages.',
  },
  {
    files: ['src/lib/registry/**/*.ts'],
    forbidden: ['^node:', '^\\$', lib('server'), lib('components'), lib('charts'), ingest],
    message:
      'src/lib/registry is pure and may use src/lib/energy only; file and database work belongs in src/lib/server/registry.',
  },
  {
    files: [
      'src/lib/server/{store,registry,restatement,broker}/**/*.ts',
      'src/lib/server/{settings,settings-problems,combined-settings}.ts',
    ],
    forbidden: ['^\\$', lib('components'), lib('charts'), lib('queries'), 'routes/', ingest],
    message: 'The worker runs this under plain Node: no $app, no $env, no pages.',
  },
  {
    files: ['src/lib/server/queries/**/*.ts'],
    forbidden: ['^\\$', lib('components'), lib('charts'), 'routes/', ingest],
    message: 'Queries use store, energy and registry; what only a page needs lives beside that page.',
  },
  {
    files: ['src/lib/components/**/*'],
    forbidden: [lib('server'), 'routes/', ingest],
    message: 'Components receive props; let the route load the data and pass it down.',
  },
  {
    files: ['src/routes/**/*', 'src/hooks.server.ts'],
    forbidden: [ingest],
    message: 'Pages never import the worker: share through src/lib.',
  },
  {
    files: ['ingest/**/*.ts'],
    forbidden: ['^\\$', lib('queries'), lib('components'), lib('charts'), 'routes/'],
    message: 'The worker may use energy, registry, server/store and server/registry; it never serves pages.',
  },
  ...['sources', 'decode', 'deliver', 'account', 'live', 'simulator'].map((room, _, rooms) => ({
    files: [`ingest/${room}/**/*.ts`],
    forbidden: [
      '^\\$',
      lib('queries'),
      lib('components'),
      'routes/',
      ...rooms
        .filter((other) => other !== room)
        // `decode/message.ts` is the shape of what rooms hand each other.
        .map((other) => `/${other}/(?!message\\.ts$)`),
    ],
    message: 'Rooms meet only in ingest/main.ts; take the other room as an interface.',
  })),
];
