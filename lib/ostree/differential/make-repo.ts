import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runOstree } from '../fixtures/run-ostree';
import { type Checksum, parseChecksum } from '../format/checksum';
import { parseCommit } from '../format/commit';
import { objectName, objectPath } from '../format/object-path';
import { reachedFrom } from './reached-from';
import type { CommitPlan, ExtraRef, RepoPlan } from './repo-plan';
import { applyEdits, type DirectoryPlan } from './tree-plan';
import { writeTree } from './write-tree';

/** One commit as it came to be. */
export interface MadeCommit {
  readonly checksum: Checksum;
  readonly plan: CommitPlan;
  readonly tree: DirectoryPlan;
  readonly parent: Checksum | null;
}

/** A repository that the real `ostree` made of a plan. */
export interface MadeRepo {
  readonly path: string;
  readonly plan: RepoPlan;
  readonly commits: readonly MadeCommit[];
  /** A directory for whatever a check makes; it goes with the repository. */
  readonly scratch: string;
  /** Runs `ostree COMMAND --repo=…` on it. */
  ostree(command: string, ...args: readonly string[]): string;
}

const FIRST_COMMIT_SECONDS = 1_700_000_000;
const DAY_SECONDS = 86_400;

export function timestampOf({ day }: CommitPlan): number {
  return FIRST_COMMIT_SECONDS + day * DAY_SECONDS;
}

/** Whether extended attributes come along: libostree takes none into a bare-user-only repository. */
export function hasXattrs({ mode }: Pick<RepoPlan, 'mode'>): boolean {
  return mode !== 'bare-user-only';
}

/** Makes the repository below `folder`, which must be there and empty. */
export function makeRepo(folder: string, plan: RepoPlan): MadeRepo {
  const path = join(folder, 'repo');
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch);
  initRepoOf(path, plan);
  const ostree = (command: string, ...args: readonly string[]) =>
    runOstree(command, `--repo=${path}`, ...args);
  const commits = makeCommits(plan, join(folder, 'tree'), ostree);
  const checksums = commits.map(({ checksum }) => checksum);
  for (const extra of plan.extraRefs) writeExtraRef(path, plan, extra, checksums);
  for (const stray of plan.strays) writeBelow(path, `refs/heads/${stray}`, 'no checksum\n');
  makeDeltas(plan, checksums, ostree);
  markPartials(path, plan, checksums);
  return { path, plan, commits, scratch, ostree };
}

/** An empty repository as the plan wants it, made by `ostree`. */
export function initRepoOf(path: string, plan: RepoPlan): void {
  const collection = plan.collectionId === null ? [] : [`--collection-id=${plan.collectionId}`];
  runOstree('init', `--repo=${path}`, `--mode=${plan.mode}`, ...collection);
  // Nothing here is about power cuts, and an fsync costs more than all the rest.
  const lines = ['fsync=false'];
  if (plan.keepsTombstones) lines.push('tombstone-commits=true');
  if (plan.hasNoDeltasInSummary) lines.push('no-deltas-in-summary=true');
  appendFileSync(join(path, 'config'), `${lines.join('\n')}\n`);
}

function makeCommits(plan: RepoPlan, directory: string, ostree: MadeRepo['ostree']): MadeCommit[] {
  const heads = new Map<string, Checksum>();
  const commits: MadeCommit[] = [];
  let tree = plan.tree;
  for (const commit of plan.commits) {
    tree = applyEdits(tree, commit.edits);
    writeTree(directory, tree, { hasXattrs: hasXattrs(plan) });
    const branch = branchOf(plan, commit);
    const parent = commit.parent === 'head' ? (heads.get(branch) ?? null) : null;
    const printed = ostree('commit', `--tree=dir=${directory}`, ...commitFlags(plan, commit));
    const checksum = parseChecksum(printed.trim());
    if (commit.parent !== 'orphan') heads.set(branch, checksum);
    commits.push({ checksum, plan: commit, tree, parent });
  }
  return commits;
}

export function branchOf(plan: RepoPlan, commit: CommitPlan): string {
  return plan.branches[commit.branch % plan.branches.length] as string;
}

function commitFlags(plan: RepoPlan, commit: CommitPlan): string[] {
  const flags = [
    `--subject=${commit.subject}`,
    `--body=${commit.body}`,
    `--timestamp=@${timestampOf(commit)}`,
    ...[...metadataOf(commit)].map(([key, value]) => `--add-metadata-string=${key}=${value}`),
    ...commit.boundRefs.map((ref) => `--bind-ref=${ref}`),
  ];
  flags.push(commit.parent === 'orphan' ? '--orphan' : `--branch=${branchOf(plan, commit)}`);
  if (commit.parent === 'none') flags.push('--parent=none');
  if (commit.hasSizes) flags.push('--generate-sizes');
  if (commit.isUnbound) flags.push('--no-bindings');
  if (commit.detached !== null) flags.push(`--add-detached-metadata-string=note=${commit.detached}`);
  if (plan.mode === 'bare-user-only') flags.push('--canonical-permissions');
  return flags;
}

/** In the order in which both programs write it. */
export function metadataOf({ version, metadata }: CommitPlan): Map<string, string> {
  return new Map([...(version === null ? [] : [['version', version] as const]), ...Object.entries(metadata)]);
}

/** As another program leaves it: `ostree` would need a process each, and refuses some of the names. */
function writeExtraRef(
  path: string,
  { branches }: RepoPlan,
  { kind, name, at }: ExtraRef,
  commits: readonly Checksum[],
): void {
  const folder = { head: 'refs/heads', alias: 'refs/heads', remote: 'refs/remotes', mirror: 'refs/mirrors' }[
    kind
  ];
  const file = `${folder}/${name}`;
  if (kind !== 'alias') {
    writeBelow(path, file, `${commits[at % commits.length]}\n`);
    return;
  }
  // An orphan leaves its branch without a ref.
  const heads = branches.filter((branch) => existsSync(join(path, 'refs/heads', branch)));
  const target = heads[at % Math.max(1, heads.length)];
  if (target === undefined) return;
  mkdirSync(dirname(join(path, file)), { recursive: true });
  symlinkSync(relative(dirname(file), `refs/heads/${target}`), join(path, file));
}

function writeBelow(path: string, file: string, text: string): void {
  mkdirSync(dirname(join(path, file)), { recursive: true });
  writeFileSync(join(path, file), text);
}

function makeDeltas(plan: RepoPlan, commits: readonly Checksum[], ostree: MadeRepo['ostree']): void {
  for (const { from, to } of plan.deltas) {
    const target = commits[to % commits.length] as Checksum;
    const start = from === null ? null : (commits[from % commits.length] as Checksum);
    const flags = start === null || start === target ? ['--empty'] : [`--from=${start}`];
    ostree('static-delta', 'generate', ...flags, `--to=${target}`);
  }
}

function markPartials(path: string, plan: RepoPlan, commits: readonly Checksum[]): void {
  for (const { at, lacksRoot } of plan.partials) {
    const commit = commits[at % commits.length] as Checksum;
    const { rootDirtree } = parseCommit(readFileSync(join(path, objectPath(commit, 'commit', plan.mode))));
    const others = commits
      .filter((other) => other !== commit)
      .map((other) => reachedFrom(path, plan.mode, other));
    writeBelow(path, `state/${commit}.commitpartial`, '');
    if (lacksRoot && !others.some((reached) => reached.has(objectName(rootDirtree, 'dirtree')))) {
      rmSync(join(path, objectPath(rootDirtree, 'dirtree', plan.mode)));
    }
  }
}

/** Whether each directory of a commit is there. */
export function isWhole({ path, plan }: MadeRepo, commit: Checksum): boolean {
  const objects = [...reachedFrom(path, plan.mode, commit).keys()];
  return objects.every((object) => {
    const [checksum, type] = object.split('.') as [Checksum, string];
    return type !== 'dirtree' || existsSync(join(path, objectPath(checksum, 'dirtree', plan.mode)));
  });
}

/** Whether it is marked as partial. */
export function isPartial({ commits, plan }: MadeRepo, commit: Checksum): boolean {
  return plan.partials.some(({ at }) => commits[at % commits.length]?.checksum === commit);
}
