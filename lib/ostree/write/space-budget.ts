import { AppError } from '../../errors';
import type { Repo } from '../repo/open-repo';

/**
 * Bytes that may still be written to a repository: what is free, less what its config reserves.
 * @see libostree ostree-repo.c `min_free_space_calculate_reserved_bytes`
 */
export function writableBytes(repo: Repo): number {
  const stat = repo.fs.statfs(repo.root);
  const blocks = process.getuid?.() === 0 ? stat.blocksFree : stat.blocksAvailable;
  const { minFreeSpaceSizeBytes, minFreeSpacePercent } = repo.config;
  const reserved =
    minFreeSpaceSizeBytes ?? Math.floor((stat.blocks * stat.blockSizeBytes * minFreeSpacePercent) / 100);
  return Math.max(0, blocks * stat.blockSizeBytes - reserved);
}

/**
 * What one writer may take of a repository's free space, found out once and then counted down by the size of each
 * content object ahead of its being written. Metadata is not counted.
 * @see libostree `write_content_object`
 */
export class SpaceBudget {
  readonly #repo: Repo;
  #leftBytes: number | null = null;
  #blockBytes = 0;

  constructor(repo: Repo) {
    this.#repo = repo;
  }

  /** @throws AppError `ostree/no-space` where the object would take what is reserved */
  take(sizeBytes: number): void {
    const { minFreeSpaceSizeBytes, minFreeSpacePercent } = this.#repo.config;
    if (minFreeSpaceSizeBytes === null && minFreeSpacePercent === 0) return;
    if (this.#leftBytes === null) {
      this.#leftBytes = writableBytes(this.#repo);
      this.#blockBytes = this.#repo.fs.statfs(this.#repo.root).blockSizeBytes;
    }
    this.#leftBytes -= (Math.floor(sizeBytes / this.#blockBytes) + 1) * this.#blockBytes;
    if (this.#leftBytes >= 0) return;
    const reserve =
      minFreeSpaceSizeBytes === null
        ? `min-free-space-percent ${minFreeSpacePercent}`
        : `min-free-space-size ${minFreeSpaceSizeBytes} bytes`;
    throw new AppError(
      'ostree/no-space',
      `${this.#repo.path} has no room for ${sizeBytes} more bytes beside its ${reserve}: free some space`,
      { details: { path: this.#repo.path, needed: sizeBytes } },
    );
  }
}
