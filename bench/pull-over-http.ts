import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../lib/testing/free-port';
import { compare, makeEmpty, PROGRAM, treeline } from './commands';
import { makeSource, ostree, REF } from './make-repositories';
import type { Comparison } from './measure';

const FILES = 20_000;

/**
 * A whole pull of 20,000 files over HTTP on the loopback interface, process start included, each by its own command, both
 * from Treeline's repository server, both hashing every object.
 */
export async function compareHttpPull(folder: string, runs: number): Promise<Comparison> {
  const own = join(folder, 'http');
  mkdirSync(own);
  const source = makeSource(own, { files: FILES, changes: 1, commits: 0 });
  const [ours, theirs] = ['pull-treeline', 'pull-ostree'].map((name) => join(own, name)) as [string, string];
  const headOf = (repo: string) => ostree('rev-parse', `--repo=${repo}`, REF);
  const { url, server } = await serve(own, source.path);
  try {
    return await compare({
      what: `pull ${FILES.toLocaleString('en-GB')} files over HTTP`,
      runs,
      prepare: () => {
        for (const name of ['pull-treeline', 'pull-ostree']) makeEmpty(own, name);
        ostree('remote', 'add', `--repo=${theirs}`, '--no-gpg-verify', 'origin', url);
      },
      ours: () => treeline(['repo', 'pull', `--repo=${ours}`, url, REF]),
      theirs: () => ostree('pull', `--repo=${theirs}`, '--mirror', 'origin', REF),
      check: () => {
        if (headOf(ours) !== headOf(theirs)) throw new Error('the two pulls ended at different commits');
      },
    });
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  }
}

async function serve(folder: string, repoPath: string): Promise<{ url: string; server: ChildProcess }> {
  const config = join(folder, 'repo-server.json');
  writeFileSync(config, JSON.stringify([{ stage: 'dev', repoPath, ed25519PublicKeys: [] }]));
  const port = await findFreePort();
  const args = [PROGRAM, 'repo-server', `--config=${config}`, `--port=${port}`];
  const server = spawn(process.execPath, args, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/dev/`;
  while (!(await isServed(`${url}config`))) {
    if (server.exitCode !== null) throw new Error('the repository server ended');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, server };
}

async function isServed(file: string): Promise<boolean> {
  const response = await fetch(file).catch(() => null);
  await response?.body?.cancel();
  return response?.ok === true;
}
