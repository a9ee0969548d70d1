import { closeSync, constants, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock';
import type { Reader } from '../db/client';
import { AppError, isAppError } from '../errors';
import { tryLockFile } from '../ostree/native/file-lock';
import { forbidCoreDumps } from './forbid-core-dumps';
import { assertPrivate, makePrivateFolder } from './key-files';
import { type SetupRequest, type SignRequest, setupRequestSchema, signRequestSchema } from './protocol';
import { serveSocket } from './serve-socket';
import { type SigningContext, signCommitForRun, signSummaryForRun } from './sign-for-run';
import { openSignerLog } from './signer-log';
import { openKeyStore } from './store';

export interface SignerOptions {
  /** Open for reading only. */
  db: Reader;
  /** Absolute path of the database file, where it is one: it may not be open to every user. */
  databasePath?: string;
  clock: Clock;
  /** The signer's own folder: keys, GnuPG home, log. */
  signerDir: string;
  socketPath: string;
  setupSocketPath: string;
  /** Told of each request that was refused or failed. No key and no signed bytes ever get there. */
  onRefused?: (error: unknown) => void;
}

export interface RunningSigner {
  close(): Promise<void>;
}

/**
 * Starts the signer on its two sockets. It has the keys; it reads the database and the repositories; it writes
 * only below `signerDir`. One at a time: a lock on `<signerDir>/.lock`, which dies with the process, sees to it.
 *
 * @throws AppError `home-unsafe` where keys or database are open to others, `conflict` where a signer runs already
 */
export async function runSigner(options: SignerOptions): Promise<RunningSigner> {
  const { signerDir, onRefused = () => undefined } = options;
  makePrivateFolder(signerDir);
  assertPrivate(signerDir);
  if (options.databasePath !== undefined) refuseOpenDatabase(options.databasePath);
  if (!forbidCoreDumps()) onRefused(new Error('the kernel does not let this process forbid core dumps'));
  const lockFd = lockSigner(signerDir);
  try {
    const store = openKeyStore(signerDir);
    const log = openSignerLog(signerDir);
    const context: SigningContext = { db: options.db, clock: options.clock, store, log };
    const inTurn = oneAtATime();
    const signing = await serveSocket<SignRequest>({
      socketPath: options.socketPath,
      requests: signRequestSchema,
      handle: (request) => inTurn(() => handleSignRequest(context, request)),
      onRefused,
    });
    const setup = await serveSocket<SetupRequest>({
      socketPath: options.setupSocketPath,
      requests: setupRequestSchema,
      handle: (request) => inTurn(() => handleSetupRequest(context, request)),
      onRefused,
    });
    return {
      async close() {
        await Promise.all([signing.close(), setup.close()]);
        await store.close();
        closeSync(lockFd);
      },
    };
  } catch (error) {
    closeSync(lockFd);
    throw error;
  }
}

async function handleSignRequest(context: SigningContext, request: SignRequest): Promise<unknown> {
  if (request.kind === 'list-keys') return context.store.listKeys(request);
  try {
    if (request.kind === 'sign-commit') return await signCommitForRun(context, request);
    return await signSummaryForRun(context, request);
  } catch (error) {
    context.log.append({
      at: context.clock.now().toISOString(),
      event: 'refused',
      stage: request.stageId,
      run: request.runId,
      ...('checksum' in request && { commit: request.checksum }),
      why: isAppError(error) ? error.message : 'internal error',
    });
    throw error;
  }
}

async function handleSetupRequest(
  { store, log, clock }: SigningContext,
  request: SetupRequest,
): Promise<unknown> {
  if (request.kind === 'list-keys') return store.listKeys(request);
  const key = await (request.kind === 'generate-key' ? store.generateKey(request) : store.importKey(request));
  log.append({
    at: clock.now().toISOString(),
    event: 'key-added',
    stage: request.stageId,
    how: request.kind,
    type: key.type,
    key: key.keyId,
  });
  return key;
}

/** What is signed is compared with what was signed before: two at once could each be right and both be wrong. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}

function lockSigner(signerDir: string): number {
  const path = join(signerDir, '.lock');
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  if (tryLockFile(fd, 'exclusive')) return fd;
  closeSync(fd);
  throw new AppError('conflict', `another signer uses ${signerDir}; stop it first`, {
    details: { path: signerDir },
  });
}

/** The signer believes the database about approvals: nobody but its owner and group may write or read it. */
function refuseOpenDatabase(path: string): void {
  if (statSync(path).mode & 0o007) {
    throw new AppError('home-unsafe', `${path} is open to every user; run chmod o-rwx on it`, {
      details: { path },
    });
  }
}
