import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { CommitDto } from '../contracts/commit';
import { findStages } from '../db/stage';
import { printVariant, type Variant } from '../gvariant';
import { type Commit, commitState, readCommit } from '../ostree';
import { commitRow } from './commit-row';
import { findCommit } from './find-commit';
import { withRepositories } from './repositories';
import type { ServiceContext } from './service-context';

const VALUE_LENGTH_MAX = 2000;

/**
 * One commit with its metadata and its signatures, as the stage that is asked for sees it, else the first that has it.
 * @throws AppError `not-found`, `ostree/checksum-invalid`, `ostree/object-corrupt`
 */
export async function getCommit(
  ctx: ServiceContext,
  actor: Actor,
  input: { checksum: string; stage?: string },
): Promise<CommitDto> {
  authorise(actor, 'read');
  const stages = await findStages(await ctx.atHead());
  return withRepositories(async (repos) => {
    const { checksum, stage, repo } = findCommit(repos, stages, input.checksum, input.stage);
    const row = await commitRow(ctx, { repos, stages, stage, repo }, checksum);
    const commit = readCommit(repo, checksum);
    return {
      ...row,
      stage: stage.name,
      body: commit.body,
      contentChecksum: commit.contentChecksum,
      rootDirtree: commit.rootDirtree,
      rootDirmeta: commit.rootDirmeta,
      refBindings: commit.refBindings === null ? null : [...commit.refBindings],
      collectionBinding: commit.collectionBinding,
      isPartial: commitState(repo, checksum) === 'partial',
      metadata: metadataRows(commit),
    };
  });
}

function metadataRows(commit: Commit): CommitDto['metadata'] {
  return [...commit.metadata].map(([key, { type, value }]) => ({
    key,
    type,
    value: printValue(type, value),
  }));
}

/** GVariant text, cut. Large values aren't printed at all: text is many times larger than bytes. */
function printValue(type: string, value: Variant['value']): string {
  if (value instanceof Uint8Array && value.length > VALUE_LENGTH_MAX) return `(${value.length} bytes)`;
  const text = printVariant(type, value);
  return text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
}
