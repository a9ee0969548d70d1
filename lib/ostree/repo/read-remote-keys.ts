import { AppError } from '../../errors';
import { keyfileString, parseKeyfile } from '../format/keyfile';
import { limits } from '../format/limits';
import { isRefFragment, quoteName } from '../format/ref-name';
import {
  decodeEd25519Key,
  listGpgKeyPath,
  NO_KEYS,
  readKeyLines,
  type StoredKeys,
} from '../sign/read-key-layouts';
import type { Repo } from './open-repo';
import { readWholeFile } from './read-whole-file';

/**
 * The keys that a repository has for one of its remotes: the keyring that `ostree remote add --gpg-import` makes
 * (`<remote>.trustedkeys.gpg`), `gpgkeypath`, `verification-ed25519-key` and `verification-ed25519-file`.
 *
 * @throws AppError `ostree/key-invalid` where it has none, or one cannot be read
 * @see libostree `_ostree_repo_gpg_prepare_verifier`, `_signapi_load_public_keys`
 */
export function readRemoteKeys(repo: Repo, remote: string): StoredKeys {
  if (!isRefFragment(remote)) {
    throw new AppError('ostree/key-invalid', `${quoteName(remote)} is not the name of a remote`);
  }
  const config = readWholeFile(repo.fs, `${repo.root}/config`, limits.configSizeBytesMax, 'config');
  const keyfile = parseKeyfile(Buffer.from(config ?? []).toString('utf8'));
  const option = (key: string) => keyfileString(keyfile, `remote "${remote}"`, key);
  // Whole, since a path through the repository's descriptor leads nowhere in gpg.
  const keyring = readWholeFile(
    repo.fs,
    `${repo.root}/${remote}.trustedkeys.gpg`,
    limits.metadataSizeBytesMax,
    `${remote}.trustedkeys.gpg`,
  );
  const keys: StoredKeys = {
    ...NO_KEYS,
    gpgKeyrings: [
      ...(keyring === null ? [] : [keyring]),
      ...(option('gpgkeypath') ?? '')
        .split(/[;,]/)
        .filter((path) => path !== '')
        .flatMap(listGpgKeyPath),
    ],
    ed25519: [
      ...inlineKeys(remote, option('verification-ed25519-key')),
      ...fileKeys(option('verification-ed25519-file')),
    ],
  };
  if (keys.gpgKeyrings.length + keys.ed25519.length > 0) return keys;
  throw new AppError(
    'ostree/key-invalid',
    `${repo.path} has no key for the remote ${remote}: neither ${remote}.trustedkeys.gpg nor one in its config`,
    { details: { path: repo.path, remote } },
  );
}

function inlineKeys(remote: string, text: string | null): Uint8Array[] {
  if (text === null) return [];
  const key = decodeEd25519Key(text);
  if (key !== null) return [key];
  throw new AppError(
    'ostree/key-invalid',
    `verification-ed25519-key of the remote ${remote} is no ed25519 key`,
  );
}

function fileKeys(path: string | null): Uint8Array[] {
  return path === null ? [] : readKeyLines(path);
}
