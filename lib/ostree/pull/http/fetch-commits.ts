import { AppError } from '../../../errors';
import type { Checksum } from '../../format/checksum';
import { quoteName } from '../../format/ref-name';
import { NO_SIGNATURES } from '../../format/signatures';
import type { Repo } from '../../repo/open-repo';
import { type Commit, describeCommit, findCommit, readCommit, readSignatures } from '../../repo/read-commit';
import { missingObject } from '../../repo/read-object';
import { joinSignatureSets } from '../../write/merge-commitmeta';
import { fetchMetadata, fetchSignatures } from './fetch-metadata';
import type { FetchStaging } from './fetch-staging';
import type { HttpClient } from './http-client';
import type { ResolvedRev, WantedRev } from './remote-repo';
import type { SignatureCheck } from './signature-check';

export interface TreeRoot {
  readonly rootDirtree: Checksum;
  readonly rootDirmeta: Checksum;
}

/** A commit that is to be in the target; its bytes and signatures wait in the staging folder, or are there already. */
export interface RemoteCommit extends TreeRoot {
  readonly checksum: Checksum;
  /** 0 where the target had it. */
  readonly fetchedBytes: number;
}

export interface FetchCommitsContext {
  readonly client: HttpClient;
  readonly target: Repo;
  readonly staging: FetchStaging;
  readonly check: SignatureCheck | null;
  /** How many parents of each commit come along; -1 for all there are. */
  readonly depth: number;
}

/**
 * The commits to bring, each once and before its children: those asked for, with their history. Each is signed by a
 * trusted key, where keys are given, and what a ref brings is bound to that ref, or bound to none. History ends quietly
 * where the server has no parent, as libostree has it.
 *
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt`, `ostree/signature-invalid`,
 * `ostree/binding-mismatch`, `ostree/fetch-failed`, `ostree/aborted`
 */
export async function fetchCommits(
  context: FetchCommitsContext,
  revs: readonly ResolvedRev[],
): Promise<RemoteCommit[]> {
  const seen = new Map<Checksum, { commit: RemoteCommit; parent: Checksum | null }>();
  const ordered: RemoteCommit[] = [];
  for (const { wanted, checksum, commitSizeBytes } of revs) {
    const chain: RemoteCommit[] = [];
    let next: Checksum | null = checksum;
    for (let distance = 0; next !== null && isWanted(distance, context.depth); distance++) {
      let known = seen.get(next);
      // One that came as a parent has not been compared with the ref that now asks for it.
      if (known === undefined || distance === 0) {
        const found = await fetchCommit(context, next, distance === 0 ? { wanted, commitSizeBytes } : null);
        if (found === null) break;
        if (known === undefined) {
          known = found;
          seen.set(next, found);
          chain.push(found.commit);
        }
      }
      next = known.parent;
    }
    ordered.push(...chain.reverse());
  }
  return ordered;
}

function isWanted(distance: number, depth: number): boolean {
  return distance === 0 || depth < 0 || distance <= depth;
}

/** null where the server has no such parent; `asked` is null for parents. */
async function fetchCommit(
  { client, target, staging, check }: FetchCommitsContext,
  checksum: Checksum,
  asked: Pick<ResolvedRev, 'wanted' | 'commitSizeBytes'> | null,
): Promise<{ commit: RemoteCommit; parent: Checksum | null } | null> {
  const present = findCommit(target, checksum) ?? staging.readLeft(checksum, 'commit', readCommit);
  const object = { checksum, type: 'commit' as const, sizeBytesMax: asked?.commitSizeBytes ?? undefined };
  // New signatures of a commit that is there already come as well (ostree-repo-pull.c).
  const [fetched, signatures] = await Promise.all([
    present === null
      ? fetchMetadata(client, staging, object, (bytes) => describeCommit(checksum, bytes))
      : null,
    fetchSignatures(client, staging, checksum),
  ]);
  const commit = present ?? fetched?.value ?? null;
  if (commit === null) {
    if (asked === null) return null;
    throw missingObject(staging.repo, checksum, 'commit');
  }
  if (asked !== null) assertBound(client, commit, asked.wanted);
  if (check !== null) {
    const set = joinSignatureSets(readSignatures(target, checksum), signatures ?? NO_SIGNATURES);
    await check.assertSigned(`commit ${checksum} of ${client.base.href}`, commit.bytes, set);
  }
  const { rootDirtree, rootDirmeta, parent } = commit;
  return {
    commit: { checksum, rootDirtree, rootDirmeta, fetchedBytes: fetched?.sizeBytes ?? 0 },
    parent,
  };
}

/**
 * A commit may name the refs, and the collection, that it was made for.
 * @see libostree `_ostree_repo_verify_bindings`
 */
function assertBound(client: HttpClient, commit: Commit, wanted: WantedRev): void {
  if (wanted.kind !== 'ref') return;
  const { ref, collectionId } = wanted;
  const { refBindings, collectionBinding } = commit;
  if (refBindings === null && collectionId === null) return;
  if (refBindings === null || !refBindings.includes(ref)) {
    throw unbound(client, commit, `it is not bound to ref ${quoteName(ref)}`);
  }
  if (collectionId === null || collectionBinding === collectionId) return;
  throw unbound(client, commit, `it is not bound to collection ${quoteName(collectionId)}`);
}

function unbound(client: HttpClient, { checksum }: Commit, why: string): AppError {
  const message = `commit ${checksum} of ${client.base.href} is not what was asked for: ${why}`;
  return new AppError('ostree/binding-mismatch', message, {
    details: { object: `${checksum}.commit`, url: client.base.href },
  });
}
