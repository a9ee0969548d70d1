import type { CommitRowDto } from '../contracts/commit';
import type { StageWithKeys } from '../db/stage';
import type { Checksum, Repo } from '../ostree';
import { commitInfo } from './commit-info';
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

/** Rows of commits, in the order given. @throws AppError `ostree/object-missing`, `ostree/object-corrupt` */
export async function commitRows(
  ctx: ServiceContext,
  source: CommitSource,
  checksums: readonly Checksum[],
): Promise<CommitRowDto[]> {
  const commits = checksums.map((checksum) => commitInfo(ctx, source.repo, checksum));
  const standings = standingsOf(ctx, source.repos, source.stages, commits);
  const rows: CommitRowDto[] = [];
  for (const { checksum, parent, timestamp, subject, version } of commits) {
    rows.push({
      checksum,
      parent,
      timestamp: isoOfSeconds(timestamp),
      subject,
      version,
      signatures: await commitSignatures(ctx, source, source.repo, checksum),
      standsOn: standings.get(checksum) ?? [],
    });
  }
  return rows;
}

/** As commitRows, of one. */
export async function commitRow(
  ctx: ServiceContext,
  source: CommitSource,
  checksum: Checksum,
): Promise<CommitRowDto> {
  const [row] = await commitRows(ctx, source, [checksum]);
  return row as CommitRowDto;
}
