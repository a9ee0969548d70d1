import { AppError, isSystemError, type OstreeErrorCode } from '../../errors';
import type { Repo } from '../repo/open-repo';

const CODES: ReadonlyMap<string, OstreeErrorCode> = new Map([
  ['ENOSPC', 'ostree/no-space'],
  ['EDQUOT', 'ostree/no-space'],
  ['EROFS', 'ostree/repo-read-only'],
  ['EACCES', 'ostree/repo-read-only'],
]);

/**
 * What to throw for an error that came up while `repo` was written: an AppError as it is, a system error as one
 * that says which repository it was and what to do, anything else (a bug, an injected crash) as it is.
 */
export function asWriteError(repo: Repo, doing: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const { code: errno, syscall } = error;
  const code = CODES.get(errno) ?? 'ostree/io-failed';
  const advice: Partial<Record<OstreeErrorCode, string>> = {
    'ostree/no-space': 'no space left: free some and try again',
    'ostree/repo-read-only': 'it may not be written by this user',
  };
  const why = advice[code] ?? adviceFor(repo, errno) ?? `${syscall} failed with ${errno}: check the disk`;
  return new AppError(code, `${doing} ${repo.path} failed: ${why}`, {
    details: { path: repo.path, errno },
    cause: error,
  });
}

/** For what a mode asks of its file system and its owner. */
function adviceFor({ mode }: Repo, errno: string): string | null {
  if (errno === 'EPERM' && mode === 'bare')
    return 'only root may give files to others, which a bare repository does: write as root, or into bare-user';
  if ((errno === 'ENOTSUP' || errno === 'EOPNOTSUPP') && mode !== 'archive')
    return `its file system keeps no extended attributes, which mode ${mode} needs`;
  return null;
}
