import { execFile } from 'node:child_process';
import { AppError } from '../../errors';
import { runGpg } from './run-gpg';

function failed(what: string, lastWords: string): AppError {
  return new AppError('ostree/gpg-failed', `gpg could not ${what}: ${lastWords}`);
}

/** Fingerprints (upper-case hex) of primary keys in gpg's colon listing; `kind` is `sec` or `pub`. */
function primaryFingerprints(listing: Uint8Array, kind: 'sec' | 'pub'): string[] {
  const fingerprints: string[] = [];
  let isAfterPrimary = false;
  for (const line of Buffer.from(listing).toString('utf8').split('\n')) {
    const fields = line.split(':');
    if (fields[0] === 'fpr' && isAfterPrimary) {
      fingerprints.push(fields[9] as string);
      isAfterPrimary = false;
    } else if (fields[0] !== 'fpr' && fields[0] !== 'grp') {
      isAfterPrimary = fields[0] === kind;
    }
  }
  return fingerprints;
}

/**
 * Makes an ed25519 signing key without passphrase or expiry in `homedir` (a folder of mode 0700).
 * @param userId a name for people, such as `production stage`; brackets and control characters are refused
 * @returns its fingerprint, upper-case hex
 * @throws AppError `ostree/key-invalid`, `ostree/gpg-failed`
 */
export async function generateGpgKey(homedir: string, userId: string): Promise<string> {
  if (!/^[^\p{Cc}<>()]{5,100}$/u.test(userId)) {
    throw new AppError('ostree/key-invalid', 'the name of a GPG key has 5 to 100 characters and no brackets');
  }
  const run = await runGpg(
    [
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      '--quick-generate-key',
      userId,
      'ed25519',
      'sign',
      'never',
    ],
    { homedir, timeoutSeconds: 120 },
  );
  const created = run.status.find((words) => words[0] === 'KEY_CREATED');
  if (run.exitCode !== 0 || created?.[2] === undefined) throw failed('make a key', run.lastWords);
  return created[2];
}

/**
 * Imports exported keys (binary or armoured), secret ones too, into `homedir`.
 * @returns fingerprints of the keys whose secret half is there afterwards and was in `bytes`
 */
export async function importGpgKeys(homedir: string, bytes: Uint8Array): Promise<string[]> {
  const run = await runGpg(['--pinentry-mode', 'loopback', '--passphrase', '', '--import'], {
    homedir,
    input: bytes,
  });
  const imported = new Set(
    run.status.filter((words) => words[0] === 'IMPORT_OK').map((words) => words[2] as string),
  );
  if (imported.size === 0)
    throw new AppError('ostree/key-invalid', 'the file holds no GPG key that can be read');
  const secret = await listGpgSecretKeys(homedir);
  return secret.filter((fingerprint) => imported.has(fingerprint));
}

/** Fingerprints of the primary keys whose secret half lies in `homedir`. */
export async function listGpgSecretKeys(homedir: string): Promise<string[]> {
  const run = await runGpg(['--with-colons', '--fixed-list-mode', '--list-secret-keys'], { homedir });
  if (run.exitCode !== 0) throw failed('list its keys', run.lastWords);
  return primaryFingerprints(run.stdout, 'sec');
}

/** Fingerprints of the primary keys in an exported key or keyring file, which is not imported anywhere. */
export async function listGpgKeysOf(homedir: string, bytes: Uint8Array): Promise<string[]> {
  const run = await runGpg(['--with-colons', '--import-options', 'show-only', '--import'], {
    homedir,
    input: bytes,
  });
  const fingerprints = [...primaryFingerprints(run.stdout, 'pub'), ...primaryFingerprints(run.stdout, 'sec')];
  if (fingerprints.length === 0) {
    throw new AppError('ostree/key-invalid', 'the file holds no GPG key that can be read');
  }
  return [...new Set(fingerprints)];
}

/** The public key in binary form, as `ostree remote add --gpg-import` and a client's keyring take it. */
export async function exportGpgPublicKey(homedir: string, fingerprint: string): Promise<Uint8Array> {
  const run = await runGpg(['--export', '--', fingerprint], { homedir });
  if (run.exitCode !== 0 || run.stdout.length === 0) throw failed(`export key ${fingerprint}`, run.lastWords);
  return run.stdout;
}

/** Ends the gpg-agent that signing in `homedir` has started. */
export async function stopGpgAgent(homedir: string): Promise<void> {
  await new Promise<void>((resolve) => {
    // An agent that does not run, or a missing gpgconf, leaves nothing to end.
    execFile('gpgconf', ['--homedir', homedir, '--kill', 'gpg-agent'], () => resolve());
  });
}
