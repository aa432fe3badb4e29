/**
 * Brings a clone to the point where it can start or be tested: `node .ci/prepare.mjs [build]`.
 * Installs npm packages when they are missing or older than the lock file, then builds with `tsc -b` (incremental), and
 * the designer with Vite unless nothing of it has changed.
 * Plain JavaScript, because nothing is installed yet when it runs.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Heddle needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

const stamp = 'node_modules/.heddle-lock-hash';
const lockHash = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockHash) {
  console.log('Installing npm packages (npm ci) ...');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lockHash);
}
if (process.argv.includes('build')) {
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);
  const built = 'node_modules/.heddle-designer-built';
  const sources = hashOf(['designer', 'engine', 'package-lock.json']);
  if (!existsSync('designer/dist/index.html') || !existsSync(built) || readFileSync(built, 'utf8') !== sources) {
    run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', 'designer', '--logLevel', 'warn']);
    writeFileSync(built, sources);
  }
}

/** One hash of every source file in these folders; what is built or installed is left out. */
function hashOf(paths) {
  const hash = createHash('sha256');
  const add = (path, isFolder) => {
    if (!isFolder) return hash.update(path).update(readFileSync(path));
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === 'dist' || entry.name === 'node_modules' || entry.name.endsWith('.tsbuildinfo')) continue;
      add(join(path, entry.name), entry.isDirectory());
    }
  };
  for (const path of paths) add(path, !path.includes('.'));
  return hash.digest('hex');
}
