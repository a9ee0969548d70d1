import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Dict, dictFromValue, parseDict, serializeDict, sortedDictValue } from '../../gvariant';
import { runOstree } from '../fixtures/run-ostree';
import { parseSummary, serializeSummary, summaryKeys } from '../format/summary';
import { listRefs } from '../repo/list-refs';
import { openRepo, type Repo } from '../repo/open-repo';
import { buildSummary } from '../write/build-summary';
import { reindexDeltas } from '../write/reindex-deltas';
import { isPartial, type MadeRepo } from './make-repo';
import { cloneRepo, listBelow } from './repo-files';
import { unsyncedFs } from './unsynced-fs';

const NOW = new Date('2026-11-25T12:00:00Z');

/**
 * The summary of a repository and its delta indexes are those of `ostree summary -u`, byte for byte once dicts are
 * sorted and the time is one; a key that somebody added stays. Where a ref names a partial commit,
 * libostree publishes it and the engine refuses.
 */
export function checkSummary(made: MadeRepo): void {
  const theirs = cloneRepo(made.path, join(made.scratch, 'summary-theirs'));
  runOstree('summary', `--repo=${theirs}`, '-u', "--add-metadata=org.example.note='kept'");
  withRepo(theirs, (repo) => {
    const published = listRefs(repo, { includeMirrors: true });
    if (published.some(({ checksum }) => isPartial(made, checksum))) {
      const refused = expect.objectContaining({ code: 'ostree/commit-partial' });
      expect(() => buildSummary(repo, { now: NOW })).toThrow(refused);
      return;
    }
    expect(normalized(buildSummary(repo, { now: NOW }))).toBe(
      normalized(readFileSync(join(theirs, 'summary'))),
    );
    const dropped = parseSummary(buildSummary(repo, { now: NOW, dropKeys: ['org.example.note'] }));
    expect(dropped.metadata.has('org.example.note')).toBe(false);
  });
  const ours = cloneRepo(made.path, join(made.scratch, 'summary-ours'));
  withRepo(ours, (repo) => {
    reindexDeltas(repo);
    // A second time finds everything in place.
    reindexDeltas(repo);
  });
  expect(indexesOf(ours)).toEqual(indexesOf(theirs));
  expect(readFileSync(join(ours, 'config'), 'utf8')).toMatch(/^indexed-deltas=true$/m);
  rmSync(join(ours, 'deltas'), { recursive: true, force: true });
  withRepo(ours, reindexDeltas);
  expect(indexesOf(ours)).toEqual([]);
}

function withRepo(path: string, use: (repo: Repo) => void): void {
  const repo = openRepo(path, { fs: unsyncedFs });
  try {
    use(repo);
  } finally {
    repo.close();
  }
}

/** The bytes of a summary with its dicts sorted and without a time, in hex. */
function normalized(bytes: Uint8Array): string {
  const summary = parseSummary(bytes);
  const metadata: Dict = new Map(summary.metadata);
  metadata.delete(summaryKeys.lastModified);
  // A dict within the dict, in the order of a hash table.
  const deltas = metadata.get(summaryKeys.staticDeltas);
  if (deltas !== undefined) {
    metadata.set(summaryKeys.staticDeltas, {
      type: deltas.type,
      value: sortedDictValue(dictFromValue(deltas.value)),
    });
  }
  return Buffer.from(serializeSummary({ ...summary, metadata })).toString('hex');
}

/** Each index with its bytes, the dict in it sorted. */
function indexesOf(path: string): string[] {
  return listBelow(path)
    .filter((name) => name.startsWith('delta-indexes/'))
    .map((name) => {
      const index = parseDict(readFileSync(join(path, name)));
      const deltas = index.get(summaryKeys.staticDeltas);
      if (deltas === undefined) throw new Error(`${name} lists no deltas`);
      index.set(summaryKeys.staticDeltas, {
        type: deltas.type,
        value: sortedDictValue(dictFromValue(deltas.value)),
      });
      return `${name} ${Buffer.from(serializeDict(index)).toString('hex')}`;
    });
}
