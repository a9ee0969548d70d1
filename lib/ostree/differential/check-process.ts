import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { treelineAt } from '../../cli/testing/run-treeline';
import { runOstree, runOstreeForBytes, tryOstree } from '../fixtures/run-ostree';
import { diffCommits } from '../repo/diff-commits';
import { fsckRepo } from '../repo/fsck-repo';
import { listRefs } from '../repo/list-refs';
import { listTree } from '../repo/list-tree';
import { openRepo, type Repo } from '../repo/open-repo';
import { readCommit } from '../repo/read-commit';
import { walkHistory } from '../repo/walk-history';
import { generateEd25519KeyPair } from '../sign/ed25519';
import { prune } from '../write/prune';
import { inContext } from './in-context';
import { isPartial, isWhole, type MadeCommit, type MadeRepo } from './make-repo';
import { linesOf, pick } from './pick';
import { cloneRepo, listObjectFiles } from './repo-files';
import { unsyncedFs } from './unsynced-fs';

/** The built command, and how it is run. */
export interface Command {
  readonly script: string;
  readonly run: ReturnType<typeof treelineAt>;
}

interface Scene {
  readonly made: MadeRepo;
  /** Of `made`. */
  readonly repo: Repo;
  readonly script: string;
  /** `treeline repo ARGS`: what it printed. */
  run(...args: string[]): Promise<{ code: number | null; stdout: string }>;
  json(...args: string[]): Promise<unknown>;
}

/**
 * Runs one `treeline repo` command as a process, chosen by the plan. What it prints is what the engine says in process,
 * which the checks of this folder hold against `ostree`, or what `ostree` makes of its result.
 */
export async function checkProcess(made: MadeRepo, command: Command): Promise<void> {
  const repo = openRepo(made.path, { fs: unsyncedFs });
  const run = (...args: string[]) => command.run(['repo', ...args]);
  const json = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await run(...args, '--json');
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  const scene = { made, repo, script: command.script, run, json };
  try {
    const chosenCommand = pick(COMMANDS, made.plan.choices[7]);
    await inContext(`process ${chosenCommand.name}`, () => chosenCommand(scene));
  } finally {
    repo.close();
  }
}

const COMMANDS: readonly ((scene: Scene) => Promise<void>)[] = [
  async function init({ made, run }) {
    const path = join(made.scratch, 'process-init');
    expect((await run('init', `--repo=${path}`, `--mode=${made.plan.mode}`)).code).toBe(0);
    expect(runOstree('refs', `--repo=${path}`)).toBe('');
  },
  async function refs({ made, repo, json }) {
    const rows = listRefs(repo, { includeRemotes: true }).map(({ ref, checksum }) => ({ ref, checksum }));
    expect(await json('refs', `--repo=${made.path}`)).toEqual(rows);
  },
  async function log({ made, repo, json }) {
    const { checksum } = chosen(made);
    const history = [...walkHistory(repo, checksum)].map((commit) => ({
      checksum: commit.checksum,
      subject: commit.subject,
    }));
    expect(await json('log', `--repo=${made.path}`, checksum)).toMatchObject(history);
  },
  async function show({ made, repo, json }) {
    const { checksum } = chosen(made);
    const { contentChecksum, body } = readCommit(repo, checksum);
    expect(await json('show', `--repo=${made.path}`, checksum)).toMatchObject({
      checksum,
      contentChecksum,
      body,
    });
  },
  async function ls({ made, repo, run, json }) {
    const { checksum } = chosen(made);
    const args = ['ls', `--repo=${made.path}`, '-R', checksum];
    if (!isWhole(made, checksum)) {
      expect((await run(...args)).code).toBe(1);
      return;
    }
    const rows = listTree(repo, checksum, { isRecursive: true }).map((entry) => ({
      path: entry.path,
      checksum: entry.checksum,
    }));
    expect(await json(...args)).toMatchObject(rows);
  },
  async function cat({ made, repo, script }) {
    const { checksum } = chosen(made);
    const files = isWhole(made, checksum)
      ? listTree(repo, checksum, { isRecursive: true }).filter(({ type }) => type === 'file')
      : [];
    if (files.length === 0) return;
    const { path } = pick(files, made.plan.choices[1]);
    const ours = execFileSync(
      process.execPath,
      [script, 'repo', 'cat', `--repo=${made.path}`, checksum, path],
      {
        maxBuffer: 2 ** 26,
      },
    );
    expect(ours.equals(runOstreeForBytes('cat', `--repo=${made.path}`, checksum, path))).toBe(true);
  },
  async function diff({ made, repo, json }) {
    const [from, to] = [chosen(made).checksum, pick(made.commits, made.plan.choices[1]).checksum];
    if (!isWhole(made, from) || !isWhole(made, to)) return;
    const { added, removed, modified } = await diffCommits(repo, from, repo, to);
    expect(await json('diff', `--repo=${made.path}`, from, to)).toEqual({ added, removed, modified });
  },
  async function commit({ made, run }) {
    const path = join(made.scratch, 'process-commit');
    await run('init', `--repo=${path}`, `--mode=${made.plan.mode}`);
    const tree = join(made.scratch, '../tree');
    const words = ['--subject=A', '--timestamp=2026-03-01T12:00:00Z'];
    const ours = await run('commit', `--repo=${path}`, '--ref=os/main', `--tree=${tree}`, ...words);
    const flags = made.plan.mode === 'bare-user-only' ? ['--canonical-permissions'] : [];
    const args = ['-b', 'os/main', '--parent=none', `--tree=dir=${tree}`, ...words, ...flags];
    const theirs = runOstree('commit', `--repo=${path}`, ...args);
    expect(ours).toMatchObject({ code: 0, stdout: theirs });
  },
  async function pull({ made, run, json }) {
    const { checksum } = chosen(made);
    const path = join(made.scratch, 'process-pull');
    await run('init', `--repo=${path}`, `--mode=${made.plan.mode}`);
    const args = ['pull', `--repo=${path}`, made.path, checksum];
    if (isPartial(made, checksum)) {
      expect((await run(...args)).code).toBe(1);
      return;
    }
    await json(...args);
    expect(tryOstree('fsck', '--quiet', `--repo=${path}`)).toMatchObject({ isOk: true });
    expect(runOstree('rev-parse', `--repo=${path}`, checksum.slice(0, 12))).toBe(`${checksum}\n`);
  },
  async function recommit({ made, run, json }) {
    const whole = made.commits.find(({ checksum }) => !isPartial(made, checksum));
    if (whole === undefined) return;
    const path = join(made.scratch, 'process-recommit');
    await run('init', `--repo=${path}`, `--mode=${made.plan.mode}`);
    await json('recommit', `--repo=${path}`, made.path, whole.checksum, 'stage/main');
    const contentOf = (at: string, rev: string) =>
      /ContentChecksum: .*/.exec(runOstree('show', `--repo=${at}`, rev))?.[0];
    expect(contentOf(path, 'stage/main')).toBe(contentOf(made.path, whole.checksum));
  },
  async function summary({ made, run }) {
    const path = cloneRepo(made.path, join(made.scratch, 'process-summary'));
    const { code, stdout } = await run('summary', `--repo=${path}`, '--update', '--unsigned', '--json');
    const isRefused =
      made.plan.partials.length > 0 || made.plan.extraRefs.some(({ kind }) => kind === 'head');
    if (code === 1 && isRefused) return;
    expect(code).toBe(0);
    const viewed = runOstree('summary', `--repo=${path}`, '-v');
    const { refs } = JSON.parse(stdout) as { refs: { ref: string; checksum: string }[] };
    const { collectionId } = made.plan;
    expect(
      linesOf(viewed)
        .filter((line) => line.startsWith('* '))
        .slice(0, refs.length),
    ).toEqual(refs.map(({ ref }) => `* ${collectionId === null ? ref : `(${collectionId}, ${ref})`}`));
  },
  async function signAndVerify({ made, run, json }) {
    const path = cloneRepo(made.path, join(made.scratch, 'process-sign'));
    const { checksum } = chosen(made);
    const pair = generateEd25519KeyPair();
    const [secret, open] = [join(made.scratch, 'secret'), join(made.scratch, 'public')];
    writeFileSync(secret, `${Buffer.from(pair.secretKey).toString('base64')}\n`, { mode: 0o600 });
    writeFileSync(open, `${Buffer.from(pair.publicKey).toString('base64')}\n`);
    const signed = await run('sign', `--repo=${path}`, checksum, `--ed25519-secret-key-file=${secret}`);
    expect(signed.code).toBe(0);
    const verified = await json('verify', `--repo=${path}`, checksum, `--ed25519-public-key-file=${open}`);
    expect(verified).toMatchObject({ ok: true, signatures: [{ type: 'ed25519', state: 'valid' }] });
  },
  async function fsck({ made, repo, run }) {
    const { code, stdout } = await run('fsck', `--repo=${made.path}`, '--json');
    const expected = await fsckRepo(repo);
    expect(JSON.parse(stdout)).toEqual(expected);
    expect(code).toBe(expected.ok ? 0 : 1);
  },
  async function pruneAtDepth({ made, json }) {
    const [ours, process] = ['in-process', 'as-process'].map((name) =>
      cloneRepo(made.path, join(made.scratch, name)),
    );
    const opened = openRepo(ours as string, { fs: unsyncedFs });
    const { prunedObjects, prunedCommits } = await prune(opened, { depth: 0 });
    opened.close();
    const printed = await json('prune', `--repo=${process}`, '--depth=0');
    expect(printed).toMatchObject({ prunedObjects, prunedCommits });
    expect(listObjectFiles(process as string)).toEqual(listObjectFiles(ours as string));
    expect(readFileSync(join(ours as string, 'config'))).toEqual(
      readFileSync(join(process as string, 'config')),
    );
  },
];

function chosen({ commits, plan }: MadeRepo): MadeCommit {
  return pick(commits, plan.choices[0]);
}
