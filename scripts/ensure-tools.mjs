// The system tools that the tests drive beside Treeline itself. The product needs none of them at run time
// (gpg only where a stage has a GPG key).
//   node scripts/ensure-tools.mjs           installs what is missing (root on Debian), or fails with one line
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** program → the Debian package that has it, why the tests need it, and what serves where it can't be installed */
const TOOLS = [
  { program: 'ostree', debian: 'ostree', why: 'the real client and the reference for formats and locks' },
  { program: 'gpg', debian: 'gnupg', why: 'GPG signatures' },
  {
    // Chromium without a window: the pages take half the processor time.
    program: 'chromium-headless-shell',
    debian: 'chromium-headless-shell',
    otherwise: 'chromium',
    why: 'the browser of the end-to-end tests',
  },
  { program: 'strace', debian: 'strace', why: 'faults at a chosen system call' },
  { program: 'openssl', debian: 'openssl', why: 'an independent check of ed25519 signatures' },
  {
    program: 'postgres',
    debian: 'postgresql',
    why: 'the other database',
    // Debian keeps it off the PATH, in a folder for each version.
    folders: () => listFolders(process.env.TREELINE_POSTGRES_VERSIONS ?? '/usr/lib/postgresql'),
  },
];

function listFolders(versions) {
  return existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : [];
}

function isOnPath(program, folders = []) {
  return [...(process.env.PATH ?? '').split(delimiter), ...folders].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

function isDebian() {
  try {
    const release = readFileSync('/etc/os-release', 'utf8');
    return /^ID(_LIKE)?=.*\bdebian\b/m.test(release) && isOnPath('apt-get');
  } catch {
    return false;
  }
}

function aptGet(...args) {
  const { status } = spawnSync('apt-get', ['-q', '-y', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status === 0;
}

function listMissing() {
  return TOOLS.filter(({ program, folders }) => !isOnPath(program, folders?.()));
}

function ensureTools() {
  let missing = listMissing();
  if (missing.length > 0 && process.getuid?.() === 0 && isDebian()) {
    const packages = missing.map(({ debian }) => debian);
    console.log(`Installing with apt-get what the tests need: ${packages.join(' ')}`);
    aptGet('update');
    // One at a time: a package that this Debian doesn't have must not keep the others out.
    for (const name of packages) aptGet('install', '--no-install-recommends', name);
    missing = listMissing();
  }
  missing = missing.filter(({ otherwise }) => otherwise === undefined || !isOnPath(otherwise));
  if (missing.length === 0) {
    const found = TOOLS.map(({ program, otherwise, folders }) =>
      isOnPath(program, folders?.()) ? program : otherwise,
    );
    console.log(`System tools found: ${found.join(', ')}`);
    return 0;
  }
  const names = missing.map(({ program, why }) => `${program} (${why})`).join(', ');
  const packages = missing.map(({ debian }) => debian).join(' ');
  console.error(`The tests need ${names}: install with "apt-get install ${packages}" and run them again.`);
  return 1;
}

process.exitCode = ensureTools();
