import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRepo, readCommit, serializeCommit, sha256 } from '../lib/ostree';
import { compare, makeEmpty, treeline } from './commands';
import { ostree } from './make-repositories';
import { type Comparison, median, timeSeconds } from './measure';

const COMMITS = 20_000;
const REFS = 10_000;

/** A long history on one ref, and many refs each on a commit of its own. */
export async function compareManyNames(folder: string, runs: number): Promise<Comparison[]> {
  const path = makeManyNames(folder);
  const refs = await compare({
    what: `refs of ${REFS.toLocaleString('en-GB')} refs`,
    goal: { ratioMax: 2.5 },
    ours: () => treeline(['repo', 'refs', `--repo=${path}`]),
    theirs: () => ostree('refs', `--repo=${path}`),
    runs,
  });
  const starts: number[] = [];
  for (let index = 0; index <= runs; index++) {
    starts.push(await timeSeconds(() => execFileSync(process.execPath, ['-e', '0'])));
  }
  const start = median(starts);
  return [
    await compare({
      what: `log of ${COMMITS.toLocaleString('en-GB')} commits`,
      goal: { ratioMax: 1 },
      ours: () => treeline(['repo', 'log', `--repo=${path}`, 'history']),
      theirs: () => ostree('log', `--repo=${path}`, 'history'),
      runs,
    }),
    await compare({
      what: `summary of ${REFS.toLocaleString('en-GB')} refs`,
      goal: { ratioMax: 1 },
      ours: () => treeline(['repo', 'summary', `--repo=${path}`, '--update', '--unsigned']),
      theirs: () => ostree('summary', '-u', `--repo=${path}`),
      runs,
    }),
    refs,
    {
      what: 'refs, less the start of Node',
      goal: { ratioMax: 1 },
      treeline: refs.treeline.map((seconds) => seconds - start),
      ostree: refs.ostree,
    },
  ];
}

function makeManyNames(folder: string): string {
  const path = makeEmpty(folder, 'many-names');
  const tree = join(folder, 'small-tree');
  mkdirSync(tree);
  writeFileSync(join(tree, 'file'), 'content');
  const base = ostree(
    'commit',
    `--repo=${path}`,
    '--branch=base',
    `--tree=dir=${tree}`,
    '--subject=Release 0',
  );
  const repo = openRepo(path);
  try {
    const first = readCommit(repo, base as never);
    let parent = first.checksum;
    for (let number = 1; number <= COMMITS; number++) {
      const bytes = serializeCommit({
        metadata: new Map([
          ['version', { type: 's', value: `1.${number}` }],
          ['ostree.ref-binding', { type: 'as', value: ['history'] }],
        ]),
        parent,
        subject: `Release ${number}`,
        body: '',
        timestamp: first.timestamp + number,
        rootDirtree: first.rootDirtree,
        rootDirmeta: first.rootDirmeta,
      });
      parent = sha256(bytes);
      const fanout = join(path, 'objects', parent.slice(0, 2));
      mkdirSync(fanout, { recursive: true });
      writeFileSync(join(fanout, `${parent.slice(2)}.commit`), bytes);
      if (number <= REFS) writeRef(path, `app/group${number % 100}/ref${number}`, parent);
    }
    writeRef(path, 'history', parent);
  } finally {
    repo.close();
  }
  return path;
}

function writeRef(repo: string, ref: string, checksum: string): void {
  const file = join(repo, 'refs/heads', ref);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `${checksum}\n`);
}
