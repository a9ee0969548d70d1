import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningRepoServer, runRepoServer } from '../../publish/repo-server';
import { writeRepoServerConfig } from '../../publish/write-repo-server-config';
import type { Pipeline } from './pipeline';

/** Serves the stages of a pipeline as clients find them. */
export async function servePipeline({ db, home }: Pipeline): Promise<RunningRepoServer> {
  await writeRepoServerConfig(db, home.repoServerConfigPath);
  return runRepoServer({ configPath: home.repoServerConfigPath, host: '127.0.0.1', port: 0 });
}

/** `ostree` beside this process, which has to answer it. */
export async function client(...args: string[]): Promise<string> {
  const child = spawn('ostree', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`ostree ${args.join(' ')}: ${output}`);
  return output;
}

/** A client's repository that pulls from `production`, by the stage's GPG key. @returns its path */
export async function initClient(pipeline: Pipeline, repoUrl: string, ...options: string[]): Promise<string> {
  const repo = join(pipeline.root, 'client');
  const key = join(pipeline.root, 'key.asc');
  writeFileSync(key, pipeline.target.publicKeys.gpg as string);
  await client('init', `--repo=${repo}`, '--mode=archive');
  const remote = ['production', `${repoUrl}/production`];
  await client('remote', 'add', `--repo=${repo}`, ...options, `--gpg-import=${key}`, ...remote);
  return repo;
}
