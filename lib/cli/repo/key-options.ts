import { readFileSync, statSync } from 'node:fs';
import { homedir as homeDirectory } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError, errnoOf, isAppError } from '../../errors';
import { parseEd25519PublicKeyFile, parseEd25519SecretKeyFile, signEd25519, signWithGpg } from '../../ostree';
import { collect } from '../parse-option';

export interface SecretKeyOptions {
  ed25519SecretKeyFile?: string[];
  gpgKey?: string[];
  gpgHomedir?: string;
}

export interface PublicKeyOptions {
  ed25519PublicKeyFile?: string[];
  gpgKeyring?: string[];
}

/** Signatures of one document, as repositories store them. */
export interface MadeSignatures {
  ed25519: Uint8Array[];
  gpg: Uint8Array[];
}

const KEY_FILE_BYTES_MAX = 1024 * 1024;

/** The flags that name keys to sign with. */
export function addSecretKeyOptions(command: Command): Command {
  return command
    .option(
      '--ed25519-secret-key-file <file>',
      'sign with the keys in this file (base64, one a line)',
      collect,
    )
    .option('--gpg-key <fingerprint>', 'sign with this GPG key', collect)
    .option('--gpg-homedir <dir>', 'where gpg keeps its keys (default: GNUPGHOME, else ~/.gnupg)');
}

/** The flags that name keys whose signatures are believed. */
export function addPublicKeyOptions(command: Command): Command {
  return command
    .option('--ed25519-public-key-file <file>', 'believe the keys in this file (base64, one a line)', collect)
    .option('--gpg-keyring <file>', 'believe the keys in this GPG keyring or exported key', collect);
}

/** Whether any key to sign with was named. */
export function hasSecretKey(options: SecretKeyOptions): boolean {
  return Boolean(options.ed25519SecretKeyFile?.length || options.gpgKey?.length);
}

/**
 * Reads the named keys at once, so that a wrong file fails before anything is changed.
 * @returns a function that signs with all of them
 * @throws AppError `ostree/key-invalid`
 */
export function loadSigner(options: SecretKeyOptions): (bytes: Uint8Array) => Promise<MadeSignatures> {
  const secretKeys = (options.ed25519SecretKeyFile ?? []).flatMap((path) =>
    parseKeyFile(path, parseEd25519SecretKeyFile),
  );
  const homedir = options.gpgHomedir ?? process.env.GNUPGHOME ?? join(homeDirectory(), '.gnupg');
  return async (bytes) => {
    const gpg: Uint8Array[] = [];
    for (const fingerprint of options.gpgKey ?? [])
      gpg.push(await signWithGpg(bytes, { fingerprint, homedir }));
    return { ed25519: secretKeys.map((key) => signEd25519(key, bytes)), gpg };
  };
}

/**
 * The public keys in the named files.
 * @throws AppError `ostree/key-invalid`
 */
export function loadPublicKeys(options: PublicKeyOptions): {
  ed25519: Uint8Array[];
  gpgKeyrings: string[];
} {
  return {
    ed25519: (options.ed25519PublicKeyFile ?? []).flatMap((path) =>
      parseKeyFile(path, parseEd25519PublicKeyFile),
    ),
    gpgKeyrings: (options.gpgKeyring ?? []).map((path) => {
      // Read here too, so that a missing file is named as one; gpg is given the path.
      readKeyFile(path);
      return resolve(path);
    }),
  };
}

function parseKeyFile(path: string, parse: (text: string) => Uint8Array[]): Uint8Array[] {
  const bytes = readKeyFile(path);
  try {
    return parse(bytes.toString('latin1'));
  } catch (cause) {
    if (!isAppError(cause)) throw cause;
    throw new AppError(cause.code, `${path}: ${cause.message}`, { details: { path }, cause });
  } finally {
    bytes.fill(0);
  }
}

function readKeyFile(path: string): Buffer {
  try {
    const found = statSync(path);
    if (!found.isFile())
      throw new AppError('ostree/key-invalid', `${path} is not a regular file; name a key file`);
    if (found.size > KEY_FILE_BYTES_MAX)
      throw new AppError('ostree/key-invalid', `${path} is too large for a key file`);
    return readFileSync(path);
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError('ostree/key-invalid', `cannot read the key file ${path} (${errnoOf(cause)})`, {
      details: { path },
      cause,
    });
  }
}
