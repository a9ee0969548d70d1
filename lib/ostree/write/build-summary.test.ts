import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { dictFromValue, sortedDictValue } from '../../gvariant';
import { watchedFs } from '../fixtures/faulty-fs';
import { runOstree } from '../fixtures/run-ostree';
import { parseSummary, serializeSummary, summaryKeys } from '../format/summary';
import { listRefs } from '../repo/list-refs';
import { openRepo } from '../repo/open-repo';
import { buildSummary } from './build-summary';
import { reindexDeltas } from './reindex-deltas';

const base = mkdtempSync(join(tmpdir(), 'treeline-summary-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function ostree(...args: string[]): string {
  return runOstree(...args).trim();
}

let made = 0;
function makeRepo(init: string[] = [], refs = ['os/amd64/main', 'os/arm64/main', 'os/amd64/next']): string {
  const path = join(base, `repo-${made++}`);
  ostree('init', `--repo=${path}`, '--mode=archive', ...init);
  for (const ref of refs) commitTo(path, ref, `${ref} 1`);
  return path;
}

function commitTo(path: string, ref: string, content: string): string {
  const tree = join(base, 'tree');
  mkdirSync(tree, { recursive: true });
  writeFileSync(join(tree, 'release'), content);
  const version = `--add-metadata-string=version=${content}`;
  return ostree('commit', `--repo=${path}`, `--branch=${ref}`, version, `--tree=dir=${tree}`);
}

/** Our summary of `path` and the one that ostree wrote there, in one order and with one time. */
function bothSummaries(path: string): { ours: Buffer; theirs: Buffer } {
  const repo = openRepo(path);
  try {
    const theirs = parseSummary(readFileSync(join(path, 'summary')));
    const ours = parseSummary(buildSummary(repo, { now: new Date() }));
    const time = theirs.metadata.get(summaryKeys.lastModified);
    if (time === undefined) throw new Error('no last-modified');
    ours.metadata.set(summaryKeys.lastModified, time);
    // The list of deltas is a dict within the dict, in the order of a hash table.
    const deltas = theirs.metadata.get(summaryKeys.staticDeltas);
    if (deltas !== undefined) {
      const value = sortedDictValue(dictFromValue(deltas.value));
      theirs.metadata.set(summaryKeys.staticDeltas, { type: deltas.type, value });
    }
    return { ours: Buffer.from(serializeSummary(ours)), theirs: Buffer.from(serializeSummary(theirs)) };
  } finally {
    repo.close();
  }
}

describe('the same bytes as `ostree summary -u`, dicts sorted and one last-modified', () => {
  test('refs with versions', () => {
    const path = makeRepo();
    ostree('summary', `--repo=${path}`, '-u');
    const { ours, theirs } = bothSummaries(path);
    expect(ours.equals(theirs)).toBe(true);
  });

  test('refs that were listed before', () => {
    const repo = openRepo(makeRepo());
    const refs = listRefs(repo, { includeMirrors: true });
    const now = new Date();
    const [listed, given] = [buildSummary(repo, { now }), buildSummary(repo, { now, refs })];
    expect(Buffer.compare(listed, given)).toBe(0);
    const one = buildSummary(repo, { now, refs: refs.slice(0, 1) });
    expect(parseSummary(one).refs.map(({ ref }) => ref)).toEqual(['os/amd64/main']);
    repo.close();
  });

  test('no refs at all', () => {
    const path = makeRepo([], []);
    ostree('summary', `--repo=${path}`, '-u');
    const { ours, theirs } = bothSummaries(path);
    expect(ours.equals(theirs)).toBe(true);
  });

  test('a collection ID, with the ostree-metadata that ostree commits for it', () => {
    const path = makeRepo(['--collection-id=org.example.os']);
    ostree('summary', `--repo=${path}`, '-u');
    const { ours, theirs } = bothSummaries(path);
    expect(parseSummary(ours).refs.map(({ ref }) => ref)).toContain('ostree-metadata');
    expect(ours.equals(theirs)).toBe(true);
  });

  test('refs of other collections, and of remotes, which no summary names', () => {
    const path = makeRepo(['--collection-id=org.example.os']);
    const head = ostree('rev-parse', `--repo=${path}`, 'os/amd64/main');
    for (const below of ['mirrors/org.example.other/os/far', 'remotes/upstream/os/near']) {
      const file = join(path, 'refs', below);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, `${head}\n`);
    }
    ostree('summary', `--repo=${path}`, '-u');
    const { ours, theirs } = bothSummaries(path);
    expect([...parseSummary(ours).collectionRefs.keys()]).toEqual(['org.example.other']);
    expect(ours.equals(theirs)).toBe(true);
  });

  test('static deltas, with the digest of each superblock', () => {
    const path = makeRepo();
    commitTo(path, 'os/amd64/main', 'second');
    ostree('static-delta', 'generate', `--repo=${path}`, 'os/amd64/main');
    ostree('static-delta', 'generate', `--repo=${path}`, '--empty', 'os/amd64/next');
    ostree('summary', `--repo=${path}`, '-u');
    const { ours, theirs } = bothSummaries(path);
    expect(parseSummary(ours).metadata.has(summaryKeys.staticDeltas)).toBe(true);
    expect(ours.equals(theirs)).toBe(true);
  });

  test('keys that somebody else put there', () => {
    const path = makeRepo();
    ostree(
      'summary',
      `--repo=${path}`,
      '-u',
      "--add-metadata=xa.title='An OS'",
      '--add-metadata=org.x=uint32 7',
    );
    const { ours, theirs } = bothSummaries(path);
    expect(parseSummary(ours).metadata.get('xa.title')).toEqual({ type: 's', value: 'An OS' });
    expect(ours.equals(theirs)).toBe(true);
  });
});

test('ostree reads it, and the next one is later even when the clock went back', () => {
  const path = makeRepo();
  const repo = openRepo(path);
  const first = buildSummary(repo, { now: new Date('2030-01-01T00:00:00Z') });
  writeFileSync(join(path, 'summary'), first);
  expect(ostree('summary', `--repo=${path}`, '-v')).toContain('os/arm64/main');
  const second = buildSummary(repo, { now: new Date('2026-01-01T00:00:00Z') });
  repo.close();
  expect(parseSummary(second).lastModified).toBe((parseSummary(first).lastModified ?? 0) + 1);
});

test('a ref whose commit is marked as partial is refused by name', () => {
  const path = makeRepo();
  const head = ostree('rev-parse', `--repo=${path}`, 'os/amd64/next');
  writeFileSync(join(path, 'state', `${head}.commitpartial`), '');
  const repo = openRepo(path);
  expect(() => buildSummary(repo, { now: new Date() })).toThrow(
    expect.objectContaining({
      code: 'ostree/commit-partial',
      message: expect.stringContaining('os/amd64/next'),
    }),
  );
  repo.close();
});

test('delta indexes are those that ostree makes, stale ones go, and config says so', () => {
  const theirs = makeRepo();
  commitTo(theirs, 'os/amd64/main', 'second');
  ostree('static-delta', 'generate', `--repo=${theirs}`, 'os/amd64/main');
  const ours = join(base, 'indexed');
  cpSync(theirs, ours, { recursive: true });
  ostree('summary', `--repo=${theirs}`, '-u');
  const repo = openRepo(ours);
  reindexDeltas(repo);
  expect(
    execFileSync('diff', ['-r', join(ours, 'delta-indexes'), join(theirs, 'delta-indexes')]).length,
  ).toBe(0);
  expect(ostree('config', `--repo=${ours}`, 'get', 'core.indexed-deltas')).toBe('true');
  rmSync(join(ours, 'deltas'), { recursive: true });
  reindexDeltas(repo);
  repo.close();
  expect(execFileSync('find', [join(ours, 'delta-indexes'), '-name', '*.index'], { encoding: 'utf8' })).toBe(
    '',
  );
});

test('a ref whose commit is missing is refused by name, unless it is about to go', () => {
  const path = makeRepo();
  const head = ostree('rev-parse', `--repo=${path}`, 'os/amd64/next');
  rmSync(join(path, 'objects', head.slice(0, 2), `${head.slice(2)}.commit`));
  const repo = openRepo(path);
  expect(() => buildSummary(repo, { now: new Date() })).toThrow(
    expect.objectContaining({
      code: 'ostree/object-missing',
      message: `ref os/amd64/next of ${path} names commit ${head}, which is missing`,
    }),
  );
  const summary = buildSummary(repo, { now: new Date(), withoutRefs: new Set(['os/amd64/next']) });
  expect(parseSummary(summary).refs.map(({ ref }) => ref)).toEqual(['os/amd64/main', 'os/arm64/main']);
  repo.close();
});

test('a delta that goes while the summary is made is not in it', () => {
  const path = makeRepo();
  for (const ref of ['os/amd64/main', 'os/amd64/next'])
    ostree('static-delta', 'generate', `--repo=${path}`, '--empty', ref);
  const goes: string[] = [];
  const fs = watchedFs(({ name, args }) => {
    const file = String(args[0]);
    if (name !== 'open' || !file.endsWith('/superblock') || goes.length > 0) return;
    goes.push(file);
    rmSync(file);
  });
  const repo = openRepo(path, { fs });
  const { metadata } = parseSummary(buildSummary(repo, { now: new Date() }));
  repo.close();
  expect(goes).toHaveLength(1);
  const deltas = metadata.get(summaryKeys.staticDeltas);
  const left = ostree('static-delta', 'list', `--repo=${path}`);
  expect(deltas === undefined ? null : [...dictFromValue(deltas.value).keys()]).toEqual([left]);
});
