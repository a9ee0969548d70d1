import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ostree } from './run-treeline';

/** A repository that `ostree` made, with two commits on `os/main`. */
export interface OstreeRepo {
  folder: string;
  repo: string;
  /** The directory that the second commit was made of. */
  tree: string;
  /** Oldest first. */
  commits: [string, string];
}

/** Makes a repository in a temporary folder: unusual names, modes, links, an empty directory, a large file. */
export async function makeOstreeRepo(): Promise<OstreeRepo> {
  const folder = mkdtempSync(join(tmpdir(), 'treeline-cli-'));
  const repo = join(folder, 'repo');
  const tree = join(folder, 'tree');
  await ostree('init', `--repo=${repo}`, '--mode=archive');
  writeTree(tree);
  const commit = (subject: string, ...args: string[]) =>
    ostree(
      'commit',
      `--repo=${repo}`,
      '--branch=os/main',
      `--tree=dir=${tree}`,
      `--subject=${subject}`,
      ...args,
    );
  const first = await commit(
    'First',
    '--body=With a body\nof two lines',
    '--timestamp=2026-01-01T00:00:00Z',
    '--add-metadata-string=version=1.0',
  );
  writeFileSync(join(tree, 'etc/hosts'), '127.0.0.1 changed\n');
  rmSync(join(tree, 'opt'), { recursive: true });
  mkdirSync(join(tree, 'srv/new/deep'), { recursive: true });
  writeFileSync(join(tree, 'srv/new/deep/file'), 'x');
  const second = await commit(
    'Second',
    '--timestamp=2026-02-01T00:00:00Z',
    '--add-metadata-string=version=2.0',
  );
  return { folder, repo, tree, commits: [first, second] };
}

function writeTree(tree: string): void {
  for (const folder of ['usr/bin', 'usr/share/empty', 'etc', 'opt/gone/away']) {
    mkdirSync(join(tree, folder), { recursive: true });
  }
  writeFileSync(join(tree, 'usr/bin/tool'), '#!/bin/sh\n');
  chmodSync(join(tree, 'usr/bin/tool'), 0o4755);
  writeFileSync(join(tree, 'usr/share/large'), Buffer.alloc(3_000_000, 'treeline '));
  writeFileSync(join(tree, 'usr/share/with space'), '');
  writeFileSync(join(tree, 'usr/share/größe-日本'), 'utf-8\n');
  symlinkSync('tool', join(tree, 'usr/bin/link'));
  writeFileSync(join(tree, 'etc/hosts'), '127.0.0.1 localhost\n');
  chmodSync(join(tree, 'etc'), 0o700);
  writeFileSync(join(tree, 'opt/gone/away/file'), 'gone\n');
}
