import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, errnoOf, isAppError } from '../../errors';
import { ED25519_PUBLIC_KEY_BYTES, parseEd25519PublicKeyFile } from './ed25519';

/** Keys as they lie on a machine that `ostree` reads them from. */
export interface StoredKeys {
  /** 32 bytes each. */
  readonly ed25519: readonly Uint8Array[];
  /** Those whose signatures count no more, whatever else trusts them. */
  readonly revokedEd25519: readonly Uint8Array[];
  /** Keyrings and exported keys, by path or whole. */
  readonly gpgKeyrings: readonly (string | Uint8Array)[];
}

export const NO_KEYS: StoredKeys = { ed25519: [], revokedEd25519: [], gpgKeyrings: [] };
const KEY_FILE_BYTES_MAX = 1024 * 1024;

/**
 * The ed25519 keys of a directory such as `/etc/ostree`: `trusted.ed25519` and the files in `trusted.ed25519.d/`, and
 * those in `revoked.ed25519` and `revoked.ed25519.d/`. Each holds base64, one key a line. As with libostree, a line
 * among the trusted ones that is no key is passed over; among the revoked ones it is an error, since a key that was to
 * be revoked would go on being believed.
 *
 * @throws AppError `ostree/key-invalid` where the directory holds none of these or cannot be read
 * @see libostree `_ed25519_load_pk`
 */
export function readEd25519Directory(directory: string): StoredKeys {
  const trusted = filesOf(directory, 'trusted.ed25519');
  const revoked = filesOf(directory, 'revoked.ed25519');
  if (trusted.length + revoked.length === 0) {
    throw new AppError(
      'ostree/key-invalid',
      `${directory} holds no trusted.ed25519, revoked.ed25519 or directory of such files (trusted.ed25519.d)`,
      { details: { path: directory } },
    );
  }
  return {
    ...NO_KEYS,
    ed25519: trusted.flatMap((path) => readKeyLines(path)),
    revokedEd25519: revoked.flatMap((path) => readStrictly(path)),
  };
}

/**
 * The keyrings of a directory such as `/usr/share/ostree/trusted.gpg.d`: its regular files that end in `.gpg`, but for
 * GnuPG's own trust database and secret keys.
 * @throws AppError `ostree/key-invalid` where there is none
 * @see libostree `_ostree_gpg_verifier_add_keyring_dir_at`
 */
export function listGpgKeyrings(directory: string): string[] {
  const names = listNames(directory).filter(
    (name) => name.endsWith('.gpg') && name !== 'trustdb.gpg' && name !== 'secring.gpg',
  );
  const paths = names.map((name) => join(directory, name)).filter(isRegularFile);
  if (paths.length > 0) return paths;
  throw new AppError('ostree/key-invalid', `${directory} holds no GPG keyring (a file that ends in .gpg)`, {
    details: { path: directory },
  });
}

/** Every regular file of a directory, or the file itself: what `gpgkeypath` in a remote's configuration names. */
export function listGpgKeyPath(path: string): string[] {
  if (isRegularFile(path)) return [path];
  return listNames(path)
    .map((name) => join(path, name))
    .filter(isRegularFile);
}

/** The keys in the lines of a file that are keys. @throws AppError `ostree/key-invalid` where it cannot be read */
export function readKeyLines(path: string): Uint8Array[] {
  return readText(path)
    .split('\n')
    .flatMap((line) => decodeEd25519Key(line.trim()) ?? []);
}

/** A public key from its base64; null where the text is none. */
export function decodeEd25519Key(text: string): Uint8Array | null {
  const key = Buffer.from(text, 'base64');
  const isKey = key.length === ED25519_PUBLIC_KEY_BYTES && key.toString('base64') === text;
  return isKey ? new Uint8Array(key) : null;
}

function readStrictly(path: string): Uint8Array[] {
  const text = readText(path);
  if (text.trim() === '') return [];
  try {
    return parseEd25519PublicKeyFile(text);
  } catch (cause) {
    throw new AppError('ostree/key-invalid', `${path}: ${(cause as Error).message}`, {
      details: { path },
      cause,
    });
  }
}

/** `name` and the files in `name.d`, as far as they are there. */
function filesOf(directory: string, name: string): string[] {
  const file = join(directory, name);
  const folder = `${file}.d`;
  const inFolder = isDirectory(folder) ? listNames(folder).map((each) => join(folder, each)) : [];
  return [file, ...inFolder].filter(isRegularFile);
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (cause) {
    throw unreadable(directory, cause);
  }
}

function readText(path: string): string {
  try {
    if (statSync(path).size > KEY_FILE_BYTES_MAX)
      throw new AppError('ostree/key-invalid', `${path} is too large for a key file`, { details: { path } });
    return readFileSync(path, 'latin1');
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError('ostree/key-invalid', `cannot read the keys in ${path} (${errnoOf(cause)})`, {
    details: { path },
    cause,
  });
}

function isRegularFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
