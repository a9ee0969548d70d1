import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError, errnoOf } from './errors';

/** Where everything of one installation lies. All paths are absolute. */
export interface Home {
  root: string;
  databasePath: string;
  sessionSecretPath: string;
  /** The signer's own folder (0700): keys, GnuPG home, log. */
  signerDir: string;
  /** Sockets of the running processes. */
  runDir: string;
  /** Asks for signatures: the worker connects to it. */
  signerSocket: string;
  /** Makes, imports and lists keys: settings and the command line connect to it. */
  signerSetupSocket: string;
  /** Which stages the repo-server serves; the only file of the home that it reads. */
  repoServerConfigPath: string;
  logsDir: string;
}

/** `sun_path` of a Unix socket holds 108 bytes with the final NUL (unix(7)). */
const SOCKET_PATH_BYTES_MAX = 107;

/** The layout of a home at `root`. Pure: touches no file. */
export function homeAt(root: string): Home {
  const base = resolve(root);
  return {
    root: base,
    databasePath: join(base, 'treeline.db'),
    sessionSecretPath: join(base, 'secrets', 'session-secret'),
    signerDir: join(base, 'signer'),
    runDir: join(base, 'run'),
    signerSocket: join(base, 'run', 'signer.sock'),
    signerSetupSocket: join(base, 'run', 'signer-setup.sock'),
    repoServerConfigPath: join(base, 'repo-server.json'),
    logsDir: join(base, 'logs'),
  };
}

/**
 * Makes the folders and the session secret of a home. The root may exist if it is empty of a home.
 * @throws AppError `home-exists` where a home is there already, `home-unsafe` as `openHome`
 */
export function createHome(root: string): Home {
  const home = homeAt(root);
  refuseLongSockets(home);
  makeFolder(home.root);
  makeFolder(dirname(home.sessionSecretPath));
  try {
    const secret = randomBytes(48).toString('base64url');
    writeFileSync(home.sessionSecretPath, `${secret}\n`, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (errnoOf(cause) !== 'EEXIST') throw cause;
    throw new AppError('home-exists', `${home.root} is a Treeline home already; use it or choose another`, {
      details: { path: home.root },
      cause,
    });
  }
  for (const folder of [home.signerDir, home.runDir, home.logsDir]) makeFolder(folder);
  return home;
}

/**
 * The home at `root`, checked.
 * @throws AppError `home-missing` where there is none; `home-unsafe` where others could read its
 *   secrets or put files into it
 */
export function openHome(root: string): Home {
  const home = homeAt(root);
  refuseLongSockets(home);
  const folder = lstatOrMissing(home.root, home);
  if (!folder.isDirectory()) throw unsafe(home.root, 'is not a folder');
  if (folder.mode & 0o002) throw unsafe(home.root, 'can be written by every user; run chmod o-w on it');
  const secret = lstatOrMissing(home.sessionSecretPath, home);
  if (!secret.isFile()) throw unsafe(home.sessionSecretPath, 'is not a regular file');
  if (secret.mode & 0o007) {
    throw unsafe(home.sessionSecretPath, 'is open to every user; run chmod 600 on it');
  }
  // The bundler is not to look for what this reads: it would take the whole project along.
  if (statSync(/* turbopackIgnore: true */ home.signerDir, { throwIfNoEntry: false }) === undefined)
    makeFolder(home.signerDir);
  return home;
}

/**
 * The secret that sign-in cookies are signed with, read anew at each call.
 * @throws AppError `home-missing`, `home-unsafe`
 */
export function readSessionSecret(home: Home): string {
  // As above.
  const secret = readFileSync(
    /* turbopackIgnore: true */ openHome(home.root).sessionSecretPath,
    'utf8',
  ).trim();
  if (secret.length < 32) throw unsafe(home.sessionSecretPath, 'is shorter than 32 characters');
  return secret;
}

function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o700);
}

function lstatOrMissing(path: string, home: Home) {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found) return found;
  throw new AppError(
    'home-missing',
    `no Treeline home at ${home.root}; run treeline init or set TREELINE_HOME`,
    { details: { path: home.root } },
  );
}

function refuseLongSockets(home: Home): void {
  if (Buffer.byteLength(home.signerSetupSocket) > SOCKET_PATH_BYTES_MAX) {
    throw unsafe(home.root, 'is too long a path for Unix sockets; choose a shorter one');
  }
}

function unsafe(path: string, what: string): AppError {
  return new AppError('home-unsafe', `${path} ${what}`, { details: { path } });
}
