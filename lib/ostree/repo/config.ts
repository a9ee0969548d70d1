import { isAbsolute, resolve } from 'node:path';
import { AppError } from '../../errors';
import { isCollectionId } from '../format/collection-id';
import { type Keyfile, keyfileBoolean, keyfileInteger, keyfileString, parseKeyfile } from '../format/keyfile';
import type { RepoMode } from '../format/object-path';

/** The keys of a repository's `config` that the engine honours. Every other key is ignored. */
export interface RepoConfig {
  readonly mode: RepoMode;
  /** `core.mode` as written (`archive-z2`), which is what a summary repeats. */
  readonly rawMode: string;
  readonly collectionId: string | null;
  readonly fsync: boolean;
  readonly perObjectFsync: boolean;
  readonly locking: boolean;
  /** Seconds to wait for the repo lock; -1 waits for ever. */
  readonly lockTimeoutSecs: number;
  readonly minFreeSpacePercent: number;
  /** Wins over the percentage where it is given. */
  readonly minFreeSpaceSizeBytes: number | null;
  readonly tmpExpirySecs: number;
  readonly tombstoneCommits: boolean;
  /** libostree writes an unsigned summary with every ref. */
  readonly autoUpdateSummary: boolean;
  readonly noDeltasInSummary: boolean;
  readonly indexedDeltas: boolean;
  readonly disableXattrs: boolean;
  /** Deflate level of content written to an archive, 1 to 9. */
  readonly zlibLevel: number;
  /** Absolute path of the repository that objects are looked up in when this one has them not. */
  readonly parent: string | null;
}

const MODES: ReadonlyMap<string, RepoMode> = new Map([
  ['archive', 'archive'],
  ['archive-z2', 'archive'],
  ['bare', 'bare'],
  ['bare-user', 'bare-user'],
  ['bare-user-only', 'bare-user-only'],
]);

/**
 * Reads a repository's `config`.
 * @param text the whole file
 * @param repoPath the repository's path, which a relative `core.parent` is relative to
 * @throws AppError `ostree/repo-invalid`, `ostree/repo-unsupported`
 * @see libostree `reload_core_config`
 */
export function parseRepoConfig(text: string, repoPath: string): RepoConfig {
  const keyfile = parseKeyfile(text);
  if (!keyfile.has('core')) throw new AppError('ostree/repo-invalid', 'it has no [core] group');
  const version = keyfileString(keyfile, 'core', 'repo_version');
  if (version !== '1') {
    throw new AppError(
      'ostree/repo-unsupported',
      `core.repo_version is ${version ?? 'missing'} instead of 1`,
    );
  }
  if (keyfileBoolean(keyfile, 'core', 'archive', false)) {
    throw new AppError('ostree/repo-unsupported', 'core.archive marks a format that libostree gave up');
  }
  const rawMode = keyfileString(keyfile, 'core', 'mode') ?? 'bare';
  const mode = MODES.get(rawMode);
  if (mode === undefined) {
    throw new AppError(
      'ostree/repo-unsupported',
      `core.mode is ${JSON.stringify(rawMode)}, which is not supported`,
    );
  }
  const collectionId = keyfileString(keyfile, 'core', 'collection-id');
  if (collectionId !== null && !isCollectionId(collectionId)) {
    throw new AppError('ostree/repo-invalid', 'core.collection-id is not a collection ID');
  }
  const flag = (key: string, fallback: boolean): boolean => keyfileBoolean(keyfile, 'core', key, fallback);
  const parent = keyfileString(keyfile, 'core', 'parent');
  return {
    mode,
    rawMode,
    collectionId,
    fsync: flag('fsync', true),
    perObjectFsync: flag('per-object-fsync', false),
    locking: flag('locking', true),
    lockTimeoutSecs: keyfileInteger(keyfile, 'core', 'lock-timeout-secs', 300),
    minFreeSpacePercent: readPercent(keyfile),
    minFreeSpaceSizeBytes: readMinFreeSpaceSize(keyfile),
    tmpExpirySecs: keyfileInteger(keyfile, 'core', 'tmp-expiry-secs', 86_400),
    tombstoneCommits: flag('tombstone-commits', false),
    autoUpdateSummary: flag('auto-update-summary', false) || flag('commit-update-summary', false),
    noDeltasInSummary: flag('no-deltas-in-summary', false),
    indexedDeltas: flag('indexed-deltas', false),
    disableXattrs: flag('disable-xattrs', false),
    zlibLevel: readZlibLevel(keyfile),
    parent: parent === null || parent === '' ? null : isAbsolute(parent) ? parent : resolve(repoPath, parent),
  };
}

function readPercent(keyfile: Keyfile): number {
  const percent = keyfileInteger(keyfile, 'core', 'min-free-space-percent', 3);
  if (percent >= 0 && percent <= 99) return percent;
  throw new AppError('ostree/repo-invalid', 'core.min-free-space-percent is not between 0 and 99');
}

/** `500MB` and the like; the units are powers of two (ostree-repo.c min_free_space_calculate_reserved_bytes). */
function readMinFreeSpaceSize(keyfile: Keyfile): number | null {
  const text = keyfileString(keyfile, 'core', 'min-free-space-size');
  if (text === null) return null;
  const match = /^([0-9]{1,9})(MB|GB|TB)$/.exec(text);
  if (match === null) throw new AppError('ostree/repo-invalid', 'core.min-free-space-size is not like 500MB');
  const shift = { MB: 20, GB: 30, TB: 40 }[match[2] as 'MB' | 'GB' | 'TB'];
  return Number(match[1]) * 2 ** shift;
}

function readZlibLevel(keyfile: Keyfile): number {
  const level = keyfileInteger(keyfile, 'archive', 'zlib-level', 6);
  return level >= 1 && level <= 9 ? level : 6;
}
