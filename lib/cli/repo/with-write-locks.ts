import { lockProduct, lockRepo, type Repo, sweepTemporaries } from '../../ostree';

/**
 * Holds Treeline's own lock and the shared repository lock while signatures or the summary are replaced:
 * what is written there is read first, and two at once would lose what one of them wrote.
 */
export async function withWriteLocks<T>(
  repo: Repo,
  signal: AbortSignal,
  work: () => T | Promise<T>,
): Promise<T> {
  const product = await lockProduct(repo, { signal });
  try {
    sweepTemporaries(repo);
    const shared = await lockRepo(repo, 'shared', { signal });
    try {
      return await work();
    } finally {
      shared.release();
    }
  } finally {
    product.release();
  }
}
