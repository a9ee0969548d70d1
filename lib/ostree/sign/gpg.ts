import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../errors';
import { type SignaturePacket, splitSignaturePackets } from './openpgp-packets';
import { type GpgRun, runGpg } from './run-gpg';

export type SignatureState = 'valid' | 'invalid' | 'expired' | 'revoked' | 'unknown-key' | 'unchecked';

/** What is known of one signature. `key`: the primary key's fingerprint in upper-case hex, or '' where nobody is named. */
export interface GpgSignature {
  key: string;
  state: SignatureState;
}

export interface GpgSignOptions {
  /** 40 (or, for version 5 keys, 64) hex digits. A user ID is refused: it could name another key. */
  fingerprint: string;
  homedir: string;
  /** A file whose first line is the passphrase; without it gpg-agent asks as it is set up to. */
  passphraseFile?: string;
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

function checkFingerprint(fingerprint: string): string {
  if (!/^(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/.test(fingerprint)) {
    throw new AppError('ostree/key-invalid', 'a GPG key is named by its whole fingerprint of 40 hex digits');
  }
  return fingerprint.toUpperCase();
}

/**
 * Signs `bytes` with a key of `homedir`.
 *
 * @returns one detached binary OpenPGP signature packet, an element of `ostree.gpgsigs`
 * @throws AppError `ostree/key-invalid` for a name that is no fingerprint, `ostree/gpg-failed` when gpg signs nothing
 */
export async function signWithGpg(bytes: Uint8Array, options: GpgSignOptions): Promise<Uint8Array> {
  const fingerprint = checkFingerprint(options.fingerprint);
  const passphrase =
    options.passphraseFile === undefined
      ? []
      : ['--pinentry-mode', 'loopback', '--passphrase-file', options.passphraseFile];
  const run = await runGpg(
    [...passphrase, '--local-user', fingerprint, '--digest-algo', 'SHA512', '--detach-sign', '--output', '-'],
    { ...options, input: bytes },
  );
  const isMade = run.status.some((words) => words[0] === 'SIG_CREATED' && words[1] === 'D');
  const packets = splitSignaturePackets(run.stdout);
  if (run.exitCode !== 0 || !isMade || packets?.length !== 1) {
    throw new AppError('ostree/gpg-failed', `gpg could not sign with key ${fingerprint}: ${run.lastWords}`, {
      details: { key: fingerprint },
    });
  }
  return run.stdout;
}

/** Keys that signatures are checked against, held in a folder of its own until closed. */
export interface GpgKeyring {
  /**
   * Checks each blob of `ostree.gpgsigs` by itself, packet by packet: one bad packet must not hide a good one.
   * A blob that is not made of signature packets gives one result `invalid` without a key.
   */
  verify(bytes: Uint8Array, blobs: readonly Uint8Array[]): Promise<GpgSignature[]>;
  close(): void;
}

/** Signature packets of one object that are checked; each costs a process. The rest is reported `unchecked`. */
const CHECKED_PACKETS_MAX = 32;

/**
 * Opens public keys for checking.
 * @param keyrings paths or bytes of exported keys or keyring files, binary or armoured
 * @throws AppError `ostree/key-invalid` when one of them holds no key, `ostree/gpg-failed` when gpg does not run
 */
export async function openGpgKeyring(keyrings: readonly (string | Uint8Array)[]): Promise<GpgKeyring> {
  const homedir = mkdtempSync(join(tmpdir(), 'treeline-gpg-'));
  const close = () => rmSync(homedir, { recursive: true, force: true });
  const keyringArgs = ['--no-default-keyring', '--keyring', join(homedir, 'trusted.kbx'), '--no-autostart'];
  try {
    for (const [index, keyring] of keyrings.entries()) {
      let path = keyring;
      if (typeof path !== 'string') {
        path = join(homedir, `import-${index}`);
        writeFileSync(path, keyring as Uint8Array, { mode: 0o600 });
      }
      if (isKeybox(path)) path = await exportKeybox(path, homedir, index);
      const run = await runGpg([...keyringArgs, '--import', '--', path], { homedir });
      if (!run.status.some((words) => words[0] === 'IMPORT_OK')) {
        const name = typeof keyring === 'string' ? keyring : `number ${index + 1}`;
        throw new AppError('ostree/key-invalid', `GPG keyring ${name} holds no key that can be read`);
      }
    }
  } catch (error) {
    close();
    throw error;
  }
  let serial = 0;
  const verifyPacket = async (dataPath: string, packet: SignaturePacket): Promise<GpgSignature> => {
    const path = join(homedir, `packet-${serial++}`);
    writeFileSync(path, packet.bytes, { mode: 0o600 });
    const run = await runGpg([...keyringArgs, '--trust-model', 'always', '--verify', '--', path, dataPath], {
      homedir,
    });
    rmSync(path);
    return stateOf(run, packet.issuer);
  };
  return {
    async verify(bytes, blobs) {
      const dataPath = join(homedir, `data-${serial++}`);
      writeFileSync(dataPath, bytes, { mode: 0o600 });
      const results: GpgSignature[] = [];
      for (const blob of blobs) {
        const packets = splitSignaturePackets(blob);
        if (packets === null) results.push({ key: '', state: 'invalid' });
        for (const packet of packets ?? []) {
          const isChecked = results.length < CHECKED_PACKETS_MAX;
          results.push(
            isChecked ? await verifyPacket(dataPath, packet) : { key: packet.issuer, state: 'unchecked' },
          );
        }
      }
      rmSync(dataPath);
      return results;
    },
    close,
  };
}

/** Whether the file is GnuPG's own `pubring.kbx`, which `--import` does not read (GnuPG kbx/keybox-blob.c). */
function isKeybox(path: string): boolean {
  try {
    return readFileSync(path).toString('latin1', 8, 12) === 'KBXf';
  } catch {
    // Unreadable: gpg says so in a moment.
    return false;
  }
}

/** The keys of a keybox as `--import` reads them. Works on a copy: gpg locks what it opens. */
async function exportKeybox(path: string, homedir: string, index: number): Promise<string> {
  const copy = join(homedir, `keybox-${index}.kbx`);
  copyFileSync(path, copy);
  const run = await runGpg(['--no-default-keyring', '--keyring', copy, '--export'], { homedir });
  const exported = join(homedir, `exported-${index}`);
  writeFileSync(exported, run.stdout, { mode: 0o600 });
  return exported;
}

/** Who the blobs claim to be signed by, with nothing checked. */
export function listGpgIssuers(blobs: readonly Uint8Array[]): GpgSignature[] {
  return blobs.flatMap((blob): GpgSignature[] => {
    const packets = splitSignaturePackets(blob);
    if (packets === null) return [{ key: '', state: 'invalid' }];
    return packets.map(({ issuer }) => ({ key: issuer, state: 'unchecked' }));
  });
}

/** Reads gpg's verdict on one signature packet (GnuPG doc/DETAILS, GOODSIG and after). */
function stateOf(run: GpgRun, issuer: string): GpgSignature {
  const line = (keyword: string) => run.status.find((words) => words[0] === keyword);
  const valid = line('VALIDSIG');
  // Field 10 is the fingerprint of the primary key, field 9 the class; class 00 signs the bytes as they are,
  // where 01 signs a text after changing its line ends.
  const key = valid?.[10] ?? line('ERRSIG')?.[7] ?? issuer;
  const named = key === '-' ? issuer : key;
  if (line('BADSIG') !== undefined) return { key: named, state: 'invalid' };
  if (line('REVKEYSIG') !== undefined) return { key: named, state: 'revoked' };
  if (line('EXPSIG') !== undefined || line('EXPKEYSIG') !== undefined)
    return { key: named, state: 'expired' };
  if (line('NO_PUBKEY') !== undefined) return { key: named, state: 'unknown-key' };
  const isGood = line('GOODSIG') !== undefined && valid?.[9] === '00' && run.exitCode === 0;
  return { key: named, state: isGood ? 'valid' : 'invalid' };
}
