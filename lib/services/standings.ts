import type { CommitRowDto } from '../contracts/commit';
import type { StageWithKeys } from '../db/stage';
import { isAppError } from '../errors';
import { type Checksum, isPromotableRef, listRefs } from '../ostree';
import { historyOf } from './commit-info';
import type { Repositories } from './repositories';
import type { ServiceContext } from './service-context';

type Standing = CommitRowDto['standsOn'][number];

/** Refs of a stage whose history is followed; the rest are known by their heads alone. */
const REFS_MAX = 100;

/**
 * On which refs of which stages each of `commits` stands, heads first. A history is followed no further back than
 * the oldest of `commits`, since a parent is hardly ever younger than its child; and no further than 1,000 commits.
 */
export function standingsOf(
  ctx: ServiceContext,
  repos: Repositories,
  stages: readonly StageWithKeys[],
  commits: readonly { checksum: Checksum; timestamp: number }[],
): Map<Checksum, Standing[]> {
  const standings = new Map(commits.map((each) => [each.checksum, [] as Standing[]]));
  const oldest = Math.min(...commits.map((each) => each.timestamp));
  for (const stage of stages) {
    for (const { ref, checksum } of refsOf(repos, stage)) {
      try {
        for (const info of historyOf(ctx, repos.open(stage), checksum)) {
          const isHead = info.checksum === checksum;
          standings.get(info.checksum)?.push({ stage: stage.name, ref, isHead });
          if (info.timestamp < oldest) break;
        }
      } catch (error) {
        // A head that can't be read is shown as broken by its stage; here it only stands for nothing.
        if (!isAppError(error)) throw error;
      }
    }
  }
  for (const list of standings.values()) list.sort((a, b) => Number(b.isHead) - Number(a.isHead));
  return standings;
}

function refsOf(repos: Repositories, stage: StageWithKeys): { ref: string; checksum: Checksum }[] {
  const { repo } = repos.tryOpen(stage);
  if (!repo) return [];
  try {
    return listRefs(repo)
      .filter((entry) => isPromotableRef(entry.ref))
      .slice(0, REFS_MAX);
  } catch (error) {
    if (isAppError(error)) return [];
    throw error;
  }
}
