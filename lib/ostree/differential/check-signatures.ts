import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runOstree } from '../fixtures/run-ostree';
import { openRepo, type Repo } from '../repo/open-repo';
import { readCommit, readSignatures } from '../repo/read-commit';
import { generateEd25519KeyPair, signEd25519 } from '../sign/ed25519';
import { signWithGpg } from '../sign/gpg';
import { exportGpgPublicKey, generateGpgKey, stopGpgAgent } from '../sign/gpg-keys';
import { verifySignatures } from '../sign/verify-signatures';
import { mergeSignatures } from '../write/merge-commitmeta';
import type { MadeRepo } from './make-repo';
import { pick } from './pick';
import { cloneRepo } from './repo-files';
import { unsyncedFs } from './unsynced-fs';

/** A GPG key for all repositories of a run: making one takes longer than making a repository. */
export interface TestKey {
  readonly homedir: string;
  readonly fingerprint: string;
  readonly publicKey: Uint8Array;
  /** A folder that `ostree` takes trusted keys from: every `*.gpg` in it. */
  readonly trustedFolder: string;
  remove(): void;
}

export async function makeTestKey(): Promise<TestKey> {
  const homedir = mkdtempSync(join(tmpdir(), 'differential-gpg-'));
  const fingerprint = await generateGpgKey(homedir, 'Differential suite');
  const publicKey = await exportGpgPublicKey(homedir, fingerprint);
  const trustedFolder = mkdtempSync(join(tmpdir(), 'differential-trusted-'));
  writeFileSync(join(trustedFolder, 'key.gpg'), publicKey);
  const remove = () => {
    rmSync(trustedFolder, { recursive: true, force: true });
    void stopGpgAgent(homedir).finally(() => rmSync(homedir, { recursive: true, force: true }));
  };
  return { homedir, fingerprint, publicKey, trustedFolder, remove };
}

/** Each program's signatures of a commit are good to the other: OpenSSL for ed25519, which Debian's `ostree` lacks. */
export async function checkSignatures(made: MadeRepo, key: TestKey): Promise<void> {
  const path = cloneRepo(made.path, join(made.scratch, 'signed'));
  const { checksum } = pick(made.commits, made.plan.choices[0]);
  const isWithGpg = (made.plan.choices[1] as number) % 2 === 0;
  if (isWithGpg)
    runOstree('gpg-sign', `--repo=${path}`, `--gpg-homedir=${key.homedir}`, checksum, key.fingerprint);
  const repo = openRepo(path, { fs: unsyncedFs });
  try {
    const pair = generateEd25519KeyPair();
    const { bytes } = readCommit(repo, checksum);
    const before = readSignatures(repo, checksum).other;
    const ed25519 = signEd25519(pair.secretKey, bytes);
    mergeSignatures(repo, checksum, { ed25519: [ed25519] });
    expectOpensslAccepts(made.scratch, pair.publicKey, bytes, ed25519);
    const set = readSignatures(repo, checksum);
    // The note that was there, and GPG's signature, have stayed.
    expect(set.other).toEqual(before);
    const states = await verifySignatures(bytes, set, {
      ed25519: [pair.publicKey],
      ...(isWithGpg && { gpgKeyrings: [key.publicKey] }),
    });
    expect(states).toEqual([
      { type: 'ed25519', key: Buffer.from(pair.publicKey).toString('base64'), state: 'valid' },
      ...(isWithGpg ? [{ type: 'gpg', key: key.fingerprint, state: 'valid' }] : []),
    ]);
    if (!isWithGpg) await expectOstreeAccepts(made, repo, checksum, key);
  } finally {
    repo.close();
  }
}

function expectOpensslAccepts(
  folder: string,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): void {
  const [keyFile, messageFile, signatureFile] = ['key.der', 'message', 'signature'].map((name) =>
    join(folder, name),
  );
  // SubjectPublicKeyInfo of a raw ed25519 key (RFC 8410).
  writeFileSync(
    keyFile as string,
    Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]),
  );
  writeFileSync(messageFile as string, message);
  writeFileSync(signatureFile as string, signature);
  const args = ['-verify', '-rawin', '-pubin', '-keyform', 'DER', '-inkey', keyFile, '-in', messageFile];
  const said = execFileSync(
    'openssl',
    ['pkeyutl', ...(args as string[]), '-sigfile', signatureFile as string],
    {
      encoding: 'utf8',
    },
  );
  expect(said).toMatch(/Signature Verified Successfully/);
}

async function expectOstreeAccepts(
  made: MadeRepo,
  repo: Repo,
  checksum: MadeRepo['commits'][number]['checksum'],
  key: TestKey,
) {
  if ((made.plan.choices[1] as number) % 4 === 1) return;
  const gpg = await signWithGpg(readCommit(repo, checksum).bytes, key);
  mergeSignatures(repo, checksum, { gpg: [gpg] });
  const shown = runOstree('show', `--repo=${repo.path}`, `--gpg-homedir=${key.trustedFolder}`, checksum);
  expect(shown).toMatch(/Found 1 signature:[\s\S]*Good signature from "Differential suite/);
}
