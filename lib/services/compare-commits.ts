import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { CompareDto, DiffRowDto } from '../contracts/commit';
import { findStages } from '../db/stage';
import { type Diff, type DiffRow, diffCommits } from '../ostree';
import { commitPackages } from './commit-packages';
import { commitRow } from './commit-row';
import { diffPackages } from './dpkg-status';
import { type FoundCommit, findCommit } from './find-commit';
import { withRepositories } from './repositories';
import type { ServiceContext } from './service-context';

/** Rows that a page can show; the counts are of all. */
const ROWS_MAX = 5000;

/**
 * What differs between two commits, of any stages. `from` null compares with nothing, as for a ref that is new.
 * @throws AppError `not-found`, `ostree/checksum-invalid`, `ostree/object-missing`, `ostree/object-corrupt`
 */
export async function compareCommits(
  ctx: ServiceContext,
  actor: Actor,
  input: { from: string | null; to: string },
): Promise<CompareDto> {
  authorise(actor, 'read');
  const stages = await findStages(await ctx.atHead());
  return withRepositories(async (repos) => {
    const to = findCommit(repos, stages, input.to);
    const from = input.from === null ? null : findCommit(repos, stages, input.from);
    const diff = await cachedDiff(ctx, from, to);
    const rowOf = ({ checksum, stage, repo }: FoundCommit) =>
      commitRow(ctx, { repos, stages, stage, repo }, checksum);
    return {
      from: from && (await rowOf(from)),
      to: await rowOf(to),
      counts: diff.counts,
      sizeChange: diff.sizeChangeBytes.toString(),
      rows: diffRows(diff),
      isTruncated: diff.isTruncated,
      packages: await packageRows(ctx, from, to),
    };
  });
}

/** The difference of two commits, kept under their checksums. */
export function cachedDiff(ctx: ServiceContext, from: FoundCommit | null, to: FoundCommit): Promise<Diff> {
  return ctx.cache.getOrMake(
    `diff:${from?.checksum ?? ''}:${to.checksum}`,
    () =>
      diffCommits(from?.repo ?? to.repo, from?.checksum ?? null, to.repo, to.checksum, { maxRows: ROWS_MAX }),
    (diff) => diff.added.length + diff.removed.length + diff.modified.length + 1,
  );
}

/** The rows of the three kinds as one list, sorted by path. */
function diffRows(diff: Diff): DiffRowDto[] {
  const changed = (change: DiffRowDto['change']) => (row: DiffRow) => ({
    path: row.path,
    change,
    kind: row.kind,
    fromSize: row.fromSize,
    toSize: row.toSize,
    fromMode: row.fromMode,
    toMode: row.toMode,
    fromChecksum: row.from,
    toChecksum: row.to,
  });
  return [
    ...diff.added.map(changed('added')),
    ...diff.removed.map(changed('removed')),
    ...diff.modified.map(changed('modified')),
  ].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function packageRows(
  ctx: ServiceContext,
  from: FoundCommit | null,
  to: FoundCommit,
): Promise<CompareDto['packages']> {
  const before = from && (await commitPackages(ctx, from.repo, from.checksum));
  const after = await commitPackages(ctx, to.repo, to.checksum);
  if (before === null && after === null) return null;
  return diffPackages(before ?? new Map(), after ?? new Map());
}
