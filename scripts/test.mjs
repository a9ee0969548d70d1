// `npm test`: everything that must hold before a change lands, each suite counted, one total line at the end.
// The build comes first: it generates the database client that types and tests need.
// `npm run test:deep` (--deep): the *.deep.test.ts and *.deep.spec.ts files, which take longer. `npm run test:postgres` (--postgres): all
// that works on the database once more, on PostgreSQL.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { countPlaywright, countVitest, nameFailedPlaywright, nameFailedVitest } from './count-reports.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const REPORTS = join(ROOT, '.test-tmp/reports');

const SHARED_MEMORY = '/dev/shm';
const TMPFS_MAGIC = 0x01021994;
const ROOM_BYTES = 6 * 2 ** 30;

/**
 * A folder for everything that tests write, in memory where there is room: a third of their time goes by in syncing to a
 * disk. What they say about power cuts comes from a model, not from a disk. Whoever sets TMPDIR chooses for themselves.
 */
function makeTemporaryFolder() {
  const isInMemory = process.env.TMPDIR === undefined && hasRoom(SHARED_MEMORY);
  const folder = mkdtempSync(join(isInMemory ? SHARED_MEMORY : tmpdir(), 'tl-'));
  // PostgreSQL runs as somebody else.
  chmodSync(folder, 0o1777);
  return folder;
}

function hasRoom(folder) {
  try {
    const { type, bavail, bsize } = statfsSync(folder);
    return type === TMPFS_MAGIC && bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}

/** Runs a program in the root of the tree with its output shown. */
function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, {
    cwd: ROOT,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status === 0;
}

function node(...args) {
  return run(process.execPath, args);
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** One command that either holds or doesn't. */
function countCommand(isOk) {
  return isOk ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function runVitest(name, args = [], env = {}) {
  const path = join(REPORTS, `${name}.json`);
  const program = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
  const isOk = run(process.execPath, [program, 'run', ...args, ...reporters], env);
  const report = readReport(path);
  return { ...countVitest(report, isOk), names: nameFailedVitest(report, ROOT) };
}

function runPlaywright(name, args = []) {
  const path = join(REPORTS, `${name}.json`);
  const program = join(ROOT, 'node_modules/@playwright/test/cli.js');
  const isOk = run(process.execPath, [program, 'test', ...args, '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: path,
  });
  const report = readReport(path);
  return { ...countPlaywright(report, isOk), names: nameFailedPlaywright(report) };
}

const WITH_PAGES = { name: 'build', run: () => countCommand(node('scripts/build.mjs')), isNeeded: true };

const DEEP = [
  WITH_PAGES,
  { name: 'deep e2e', run: () => runPlaywright('deep-e2e', ['--config=playwright.deep.config.ts']) },
  { name: 'deep', run: () => runVitest('deep', ['--config', 'vitest.deep.config.ts']) },
];

// `npm test` runs what is essential on both databases, and the rest on SQLite.
const POSTGRES = [
  WITH_PAGES,
  {
    name: 'postgres',
    run: () =>
      runVitest('postgres', ['lib/audit', 'lib/services', 'lib/jobs', 'lib/signer', 'app/api'], {
        TREELINE_TEST_PROVIDER: 'postgresql',
      }),
  },
];

const USUAL = [
  WITH_PAGES,
  { name: 'lint', run: () => countCommand(run('npm', ['run', '--silent', 'lint'])) },
  { name: 'typecheck', run: () => countCommand(run('npm', ['run', '--silent', 'typecheck'])) },
  { name: 'unit', run: () => runVitest('unit') },
  { name: 'e2e', run: () => runPlaywright('e2e') },
];

const PREPARATION = [
  { name: 'tools', run: () => countCommand(node('scripts/ensure-tools.mjs')), isNeeded: true },
];

function main() {
  const temporary = makeTemporaryFolder();
  process.env.TMPDIR = temporary;
  // Node decodes the certificates that this names at each of its starts, of which tests make a thousand and need none.
  delete process.env.NODE_EXTRA_CA_CERTS;
  try {
    runSuites();
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function runSuites() {
  const wanted = process.argv.includes('--deep')
    ? DEEP
    : process.argv.includes('--postgres')
      ? POSTGRES
      : USUAL;
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const counted = [];
  for (const suite of [...PREPARATION, ...wanted]) {
    console.log(`\n== ${suite.name}`);
    const from = Date.now();
    const count = suite.run();
    counted.push({ name: suite.name, ...count, seconds: (Date.now() - from) / 1000 });
    if (suite.isNeeded && count.failed > 0) {
      console.error(`${suite.name} failed: what follows it was not run.`);
      break;
    }
  }
  for (const { name, names = [] } of counted) {
    if (names.length > 0) console.log(`\n== failed in ${name}`);
    for (const failed of names) console.log(failed);
  }
  console.log('');
  for (const { name, passed, failed, seconds } of counted) {
    console.log(
      `${name.padEnd(10)} ${String(passed).padStart(6)} passed ${String(failed).padStart(5)} failed ${seconds.toFixed(1).padStart(7)} s`,
    );
  }
  const passed = counted.reduce((sum, count) => sum + count.passed, 0);
  const failed = counted.reduce((sum, count) => sum + count.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main();
