import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSummary,
  type Checksum,
  commitTree,
  initRepo,
  listRefs,
  lockProduct,
  lockRepo,
  mergeSignatures,
  openRepo,
  publishSummary,
  pullWithLocks,
  type Repo,
  readCommit,
  resolveRef,
  walkHistory,
  writeRefs,
} from '../ostree';
import { toTreeNode } from './demo-node';
import { type DemoRelease, RELEASES } from './demo-releases';
import { type DemoArchitecture, makeDemoTree } from './demo-tree';

export const DEMO_STAGES = ['dev', 'staging', 'production'] as const;
export type DemoStageName = (typeof DEMO_STAGES)[number];

const ARCHITECTURES: readonly DemoArchitecture[] = ['aarch64', 'x86_64'];
const DAY_MILLISECONDS = 86_400_000;

export interface DemoSignatures {
  ed25519: Uint8Array[];
  gpg: Uint8Array[];
}

/** Signs with all keys of one stage. */
export type DemoSign = (bytes: Uint8Array) => Promise<DemoSignatures>;

/** The refs of the demo, the same in every stage: one an architecture. */
export const DEMO_REFS = ARCHITECTURES.map(refOf);

function refOf(architecture: DemoArchitecture): string {
  return `aurora/${architecture}/stable`;
}

/** Makes an empty repository for each stage below `folder`. The caller closes them. */
export function makeRepositories(folder: string): Record<DemoStageName, Repo> {
  const made = DEMO_STAGES.map((name): [DemoStageName, Repo] => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    initRepo(path, { mode: 'archive' });
    return [name, openRepo(path)];
  });
  return Object.fromEntries(made) as Record<DemoStageName, Repo>;
}

/** Commits a release for every architecture, as a build farm would have. The commits are not signed yet. */
export async function commitRelease(dev: Repo, index: number, now: Date): Promise<Checksum[]> {
  const release = releaseAt(index);
  const seconds = Math.floor(releasedAt(release, now).getTime() / 1000);
  const commits: Checksum[] = [];
  const lock = await lockRepo(dev, 'shared');
  try {
    for (const [turn, architecture] of ARCHITECTURES.entries()) {
      const ref = refOf(architecture);
      commits.push(
        await commitTree(dev, {
          root: toTreeNode(makeDemoTree(index, architecture)),
          ref,
          parent: resolveRef(dev, ref),
          subject: release.subject,
          body: release.body,
          timestamp: seconds + turn * 240,
          metadata: new Map([['version', release.version]]),
        }),
      );
    }
  } finally {
    lock.release();
  }
  return commits;
}

export function releaseAt(index: number): DemoRelease {
  const release = RELEASES[index];
  if (!release) throw new Error(`the demo has no release ${index}`);
  return release;
}

/** When the release was committed: at least so many days before `now`, at an hour at which people work. */
export function releasedAt(release: DemoRelease, now: Date): Date {
  const at = new Date(now.getTime() - release.ageDays * DAY_MILLISECONDS);
  const latest = at.getTime();
  at.setUTCHours(8 + (release.ageDays % 3), (release.ageDays * 17) % 60, 4, 0);
  return at.getTime() <= latest ? at : new Date(at.getTime() - DAY_MILLISECONDS);
}

/** Brings all refs with their history from one stage to another, as they were before Treeline came. */
export async function copyHistory(from: Repo, to: Repo): Promise<void> {
  const heads = listRefs(from);
  await pullWithLocks(from, to, { commits: heads.map(({ checksum }) => checksum), depth: -1 });
  writeRefs(
    to,
    heads.map(({ ref, checksum }) => ({ ref, expected: null, to: checksum })),
  );
}

/** Adds a stage's signatures to commits that it holds. */
export async function signCommits(repo: Repo, commits: Iterable<Checksum>, sign: DemoSign): Promise<void> {
  for (const checksum of commits) {
    mergeSignatures(repo, checksum, await sign(readCommit(repo, checksum).bytes));
  }
}

/** All commits of a repository's refs, with their history. */
export function listCommits(repo: Repo): Checksum[] {
  const heads = listRefs(repo).map(({ checksum }) => checksum);
  return heads.flatMap((head) => [...walkHistory(repo, head)].map(({ checksum }) => checksum));
}

/** Writes and signs the summary of a repository as of `now`. */
export async function summarise(repo: Repo, sign: DemoSign, now: Date): Promise<void> {
  const product = await lockProduct(repo);
  try {
    const shared = await lockRepo(repo, 'shared');
    try {
      const summary = buildSummary(repo, { now });
      await publishSummary(repo, { summary, signatures: await sign(summary), overlapSeconds: 0 });
    } finally {
      shared.release();
    }
  } finally {
    product.release();
  }
  backdateSummary(repo, now);
}

/** Gives the summary the file times that it would have, had it been published then. */
export function backdateSummary(repo: Repo, time: Date): void {
  for (const name of ['summary', 'summary.sig']) utimesSync(join(repo.path, name), time, time);
}
