import type { Command } from 'commander';
import {
  listGpgKeyrings,
  NO_KEYS,
  type Repo,
  readEd25519Directory,
  readRemoteKeys,
  type StoredKeys,
} from '../../ostree';
import { collect } from '../parse-option';
import { loadPublicKeys, type PublicKeyOptions } from './key-options';

export interface KeyLayoutOptions extends PublicKeyOptions {
  ed25519RevokedKeyFile?: string[];
  ed25519KeysDir?: string[];
  gpgKeyringDir?: string[];
  remote?: string;
}

/** The flags that name keys where `ostree` itself keeps them, beside those of addPublicKeyOptions. */
export function addKeyLayoutOptions(command: Command): Command {
  return command
    .option('--ed25519-revoked-key-file <file>', 'believe no signature by the keys in this file', collect)
    .option(
      '--ed25519-keys-dir <dir>',
      'the keys in trusted.ed25519, revoked.ed25519 and their .d folders in here, as in /etc/ostree',
      collect,
    )
    .option(
      '--gpg-keyring-dir <dir>',
      'believe the keyrings (*.gpg) in here, as in /usr/share/ostree/trusted.gpg.d',
      collect,
    )
    .option('--remote <name>', 'believe the keys that the repository has for this remote');
}

/**
 * All keys that were named, in files, directories or the repository itself.
 * @throws AppError `ostree/key-invalid`
 */
export function loadStoredKeys(repo: Repo, options: KeyLayoutOptions): StoredKeys {
  const named: StoredKeys = { ...NO_KEYS, ...loadPublicKeys(options) };
  const revoked = loadPublicKeys({ ed25519PublicKeyFile: options.ed25519RevokedKeyFile }).ed25519;
  return joinKeys([
    named,
    { ...NO_KEYS, revokedEd25519: revoked },
    ...(options.ed25519KeysDir ?? []).map(readEd25519Directory),
    ...(options.gpgKeyringDir ?? []).map((path) => ({ ...NO_KEYS, gpgKeyrings: listGpgKeyrings(path) })),
    ...(options.remote === undefined ? [] : [readRemoteKeys(repo, options.remote)]),
  ]);
}

function joinKeys(all: readonly StoredKeys[]): StoredKeys {
  return {
    ed25519: all.flatMap(({ ed25519 }) => ed25519),
    revokedEd25519: all.flatMap(({ revokedEd25519 }) => revokedEd25519),
    gpgKeyrings: all.flatMap(({ gpgKeyrings }) => gpgKeyrings),
  };
}
