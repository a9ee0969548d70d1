import { afterEach, expect, test } from 'vitest';
import type { RunningRepoServer } from '../publish/repo-server';
import { client, initClient, servePipeline } from './testing/client';
import { expectPublishedOnce } from './testing/invariants';
import { runToEnd } from './testing/local-worker';
import { ostree, type Requested } from './testing/pipeline';
import { rollingBack } from './testing/rollback-plan';
import { runSuite, slow } from './testing/run-suite';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();
let server: RunningRepoServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

/** A client that checks signatures and has what was promoted; what was there before, and how runs are carried out. */
async function begin(): Promise<{
  repo: string;
  old: string;
  finish: (requested: Requested) => Promise<void>;
}> {
  await suite.begin({ hasGpg: true });
  const { pipeline } = suite;
  server = await servePipeline(pipeline);
  const repoUrl = `http://127.0.0.1:${server.port}`;
  const finish = async (requested: Requested) => {
    await runToEnd(pipeline, requested, { repoUrl });
    await expectPublishedOnce(pipeline, requested);
  };
  const first = await pipeline.approve([a, b]);
  await finish(first);
  const checks = ['--set=gpg-verify=true', '--set=gpg-verify-summary=true'];
  const repo = await initClient(pipeline, repoUrl, ...checks);
  await client('pull', `--repo=${repo}`, `production:${a}`);
  const old = first.plan.refs.find(({ targetRef }) => targetRef === a)?.expectedChecksum as string;
  return { repo, old, finish };
}

const read = (repo: string, rev: string, file: string) => ostree('cat', `--repo=${repo}`, rev, file);
const timeOf = (repo: string, rev: string) =>
  Date.parse(/Date: +(.*)/.exec(ostree('show', `--repo=${repo}`, rev))?.[1] ?? '');

test(
  'after rolling forward a client that checks time and signatures gets the old tree as an update',
  slow,
  async () => {
    const { repo, finish } = await begin();
    const { pipeline } = suite;
    const before = timeOf(repo, `production:${a}`);
    expect(read(repo, `production:${a}`, '/etc/version')).toBe('2');
    const requested = await pipeline.approve([a], rollingBack(pipeline, 'roll-forward'));
    await finish(requested);
    await client('pull', `--repo=${repo}`, '--timestamp-check', `production:${a}`);
    expect(read(repo, `production:${a}`, '/etc/version')).toBe('1');
    expect(timeOf(repo, `production:${a}`)).toBeGreaterThan(before);
    expect(await client('fsck', `--repo=${repo}`)).not.toMatch(/corrupt|missing/);
    expect(await client('fsck', `--repo=${pipeline.target.path}`)).not.toMatch(/corrupt|missing/);
  },
);

test('after a reset it has the old commit, and a client that checks time refuses it', slow, async () => {
  const { repo, old, finish } = await begin();
  const { pipeline } = suite;
  const had = ostree('rev-parse', `--repo=${repo}`, `production:${a}`).trim();
  await finish(await pipeline.approve([a], rollingBack(pipeline, 'reset')));
  await expect(client('pull', `--repo=${repo}`, '--timestamp-check', `production:${a}`)).rejects.toThrow(
    /chronologically older than current revision/,
  );
  expect(ostree('rev-parse', `--repo=${repo}`, `production:${a}`).trim()).toBe(had);
  // One that doesn't goes back, signatures and all.
  await client('pull', `--repo=${repo}`, `production:${a}`);
  expect(ostree('rev-parse', `--repo=${repo}`, `production:${a}`).trim()).toBe(old);
  expect(read(repo, `production:${a}`, '/etc/version')).toBe('1');
  expect(await client('fsck', `--repo=${repo}`)).not.toMatch(/corrupt|missing/);
});
