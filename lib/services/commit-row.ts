import type { CommitRowDto } from '../contracts/commit';
import type { StageWithKeys } from '../db/stage';
import { type Checksum, type Commit, type Repo, readCommit } from '../ostree';
import type { Repositories } from './repositories';
import type { ServiceContext } from './service-context';
import { isoOfSeconds } from './stage-dto';
import { standingsOf } from './standings';
import { commitSignatures } from './verified-signatures';

/** Where the commits of a list are read from. */
export interface CommitSource {
  repos: Repositories;
  /** Every stage, for where each commit stands. */
  stages: readonly StageWithKeys[];
  /** The stage that has them, whose keys their signatures are checked against. */
  stage: StageWithKeys;
  repo: Repo;
}

/** Rows of commits, in the order given, and the commits themselves. */
export async function commitRows(
  ctx: ServiceContext,
  source: CommitSource,
  checksums: readonly Checksum[],
): Promise<{ row: CommitRowDto; commit: Commit }[]> {
  const commits = checksums.map((checksum) => readCommit(source.repo, checksum));
  const standings = standingsOf(ctx, source.repos, source.stages, commits);
  const rows: { row: CommitRowDto; commit: Commit }[] = [];
  for (const commit of commits) {
    rows.push({
      commit,
      row: {
        checksum: commit.checksum,
        parent: commit.parent,
        timestamp: isoOfSeconds(commit.timestamp),
        subject: commit.subject,
        version: commit.version,
        signatures: await commitSignatures(ctx, source, source.repo, commit),
        standsOn: standings.get(commit.checksum) ?? [],
      },
    });
  }
  return rows;
}
