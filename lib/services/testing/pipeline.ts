import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EdgeDto, EdgeInput } from '../../contracts/stage';
import { runOstree } from '../../ostree/fixtures/run-ostree';
import { addEdge } from '../add-edge';
import { addStage } from '../add-stage';
import type { World } from './world';

/** Stages over repositories that `ostree` made, with an edge from dev to staging. */
export interface TestPipeline {
  /** Where the repository of a stage is. */
  repo(stage: string): string;
  /** Commits these files on top of what the ref has, by `ostree commit`. @returns the checksum */
  commit(stage: string, ref: string, options?: CommitOptions): string;
  /** What the ref file says, null where there is none. */
  head(stage: string, ref: string): string | null;
  edge: EdgeDto;
}

export interface CommitOptions {
  files?: Record<string, string>;
  version?: string;
  timestamp?: string;
  subject?: string;
}

export const REF = 'os/amd64/main';

export { runOstree as ostree };

/** An empty archive repository. */
export function initRepository(path: string, ...options: string[]): string {
  runOstree('init', `--repo=${path}`, '--mode=archive', ...options);
  return path;
}

/**
 * Two stages: dev has versions 1 and 2 of `os/amd64/main`, staging has 1. Both are added as the command line does it.
 */
export async function makeTestPipeline(world: World, edge: Partial<EdgeInput> = {}): Promise<TestPipeline> {
  const pipeline = {
    repo: (stage: string) => join(world.root, stage),
    commit: (stage: string, ref: string, options?: CommitOptions) => commit(world, stage, ref, options ?? {}),
    head: (stage: string, ref: string) => head(world, stage, ref),
  };
  for (const stage of ['dev', 'staging']) initRepository(pipeline.repo(stage));
  pipeline.commit('dev', REF, {
    files: {
      'etc/version': '1\n',
      'usr/lib/os-release': 'NAME=Test\nVERSION=1\n',
      'usr/bin/tool': '#!/bin/sh\n',
    },
    version: '1',
    timestamp: '2026-01-01T00:00:00Z',
  });
  runOstree('pull-local', `--repo=${pipeline.repo('staging')}`, pipeline.repo('dev'), REF);
  pipeline.commit('dev', REF, {
    files: { 'etc/version': '2\n', 'usr/lib/os-release': 'NAME=Test\nVERSION=2\n' },
    version: '2',
    timestamp: '2026-02-01T00:00:00Z',
  });
  for (const name of ['dev', 'staging']) {
    await addStage(world.ctx, world.system, { name, repoPath: pipeline.repo(name) });
  }
  const added = await addEdge(world.ctx, world.system, {
    from: 'dev',
    to: 'staging',
    refGlobs: ['os/**'],
    ...edge,
  });
  return { ...pipeline, edge: added };
}

function commit(world: World, stage: string, ref: string, options: CommitOptions): string {
  const tree = join(world.root, 'trees', stage, ref);
  const { files = {}, version, timestamp, subject = `release ${version ?? ''}` } = options;
  for (const [path, text] of Object.entries({ 'etc/name': stage, ...files })) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const args = [`--branch=${ref}`, `--tree=dir=${tree}`, `--subject=${subject}`, '--canonical-permissions'];
  if (version) args.push(`--add-metadata-string=version=${version}`);
  if (timestamp) args.push(`--timestamp=${timestamp}`);
  return runOstree('commit', `--repo=${join(world.root, stage)}`, ...args).trim();
}

function head(world: World, stage: string, ref: string): string | null {
  try {
    return readFileSync(join(world.root, stage, 'refs/heads', ref), 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
