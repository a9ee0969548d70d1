import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseVariant, printVariant, serializeVariant } from '../gvariant';
import { formatCommit, formatDiff, formatTreeEntry } from './fixtures/ostree-text';
import { temporaryDirectory } from './fixtures/temporary-directory';
import { readVectorKey, readVectors, unpackVectors } from './fixtures/vectors';
import { type Checksum, sha256 } from './format/checksum';
import { COMMIT_TYPE, parseCommit, serializeCommit } from './format/commit';
import { parseSignatureSet } from './format/signatures';
import {
  parseSummary,
  SUMMARY_TYPE,
  summaryKeys,
  summaryRefTimestamp,
  summaryRefVersion,
} from './format/summary';
import { diffCommits } from './repo/diff-commits';
import { fsckRepo } from './repo/fsck-repo';
import { listRefs } from './repo/list-refs';
import { listTree } from './repo/list-tree';
import { openRepo } from './repo/open-repo';
import { commitState, readCommit, readSignatures } from './repo/read-commit';
import { readSummary } from './repo/read-summary';
import { resolveRef, resolveRev } from './repo/resolve-rev';
import { walkHistory } from './repo/walk-history';
import { verifySignatures } from './sign/verify-signatures';

const vectors = readVectors();
const repo = openRepo(unpackVectors(temporaryDirectory()));
const commits = Object.keys(vectors.commits) as Checksum[];
const keys = { release: readVectorKey('release', 'public'), old: readVectorKey('old', 'public') };
const keyNames = new Map(
  Object.entries(keys).map(([name, key]) => [Buffer.from(key).toString('base64'), name]),
);

describe('the repository of the vectors', () => {
  it('is an archive with the refs that ostree lists', () => {
    expect(repo.mode).toBe('archive');
    expect(repo.config.collectionId).toBe('org.example.vec');
    expect(Object.fromEntries(listRefs(repo).map(({ ref, checksum }) => [ref, checksum]))).toEqual(
      vectors.refs,
    );
    for (const [ref, checksum] of Object.entries(vectors.refs)) expect(resolveRef(repo, ref)).toBe(checksum);
  });

  it('is whole', async () => {
    expect(await fsckRepo(repo)).toEqual({ ok: true, objects: 33, problems: [] });
  });

  it('diffs as ostree diffs', async () => {
    const from = resolveRev(repo, 'os/amd64/main^');
    const diff = await diffCommits(repo, from, repo, resolveRev(repo, 'os/amd64/main'));
    expect(formatDiff(diff)).toEqual(vectors['diff os/amd64/main^ os/amd64/main']);
  });

  it('has the history that its commits tell', () => {
    const subjects = [...walkHistory(repo, resolveRev(repo, 'os/amd64/main'))].map(({ subject }) => subject);
    expect(subjects).toEqual(['Release 3', 'Release 2', 'Release 1']);
  });
});

describe.each(commits)('commit %s', (checksum) => {
  const expected = vectors.commits[checksum] as (typeof vectors.commits)[string];

  it('is shown as by ostree show', () => {
    expect(formatCommit(readCommit(repo, checksum))).toEqual(expected.show);
    expect(commitState(repo, checksum)).toBe('complete');
  });

  it('is printed as by ostree show --raw', () => {
    const { bytes } = readCommit(repo, checksum);
    // ostree swaps every integer of what it prints.
    const value = parseVariant(COMMIT_TYPE, bytes, { endian: 'big' });
    expect([`commit ${checksum}`, printVariant(COMMIT_TYPE, value)]).toEqual(expected.raw);
  });

  it('is listed as by ostree ls -R -C -X', () => {
    expect(listTree(repo, checksum, { isRecursive: true }).map(formatTreeEntry)).toEqual(
      expected['ls -R -C -X'],
    );
  });

  it('serialises to its own bytes', () => {
    const { bytes } = readCommit(repo, checksum);
    expect(sha256(serializeCommit(parseCommit(bytes)))).toBe(checksum);
  });

  it('has each signature attributed to the key that made it', async () => {
    const signed = await verifySignatures(readCommit(repo, checksum).bytes, readSignatures(repo, checksum), {
      ed25519: Object.values(keys),
    });
    expect(signed.map(({ key }) => keyNames.get(key))).toEqual(vectors.signatures[checksum] ?? []);
    expect(signed.every(({ state }) => state === 'valid')).toBe(true);
  });

  it('keeps no signature over a flipped bit', async () => {
    const bytes = readCommit(repo, checksum).bytes.slice();
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    const signed = await verifySignatures(bytes, readSignatures(repo, checksum), {
      ed25519: Object.values(keys),
    });
    expect(signed.filter(({ state }) => state === 'valid')).toEqual([]);
  });
});

describe('the summary', () => {
  const stored = readSummary(repo);
  const bytes = stored?.bytes ?? new Uint8Array();
  const summary = parseSummary(bytes);

  it('is the one that the vectors were made with', () => {
    expect(sha256(bytes)).toBe(vectors['summary sha256']);
    const value = parseVariant(SUMMARY_TYPE, bytes, { endian: 'big' });
    expect([printVariant(SUMMARY_TYPE, value)]).toEqual(vectors['summary -v raw']);
    expect(sha256(serializeVariant(SUMMARY_TYPE, parseVariant(SUMMARY_TYPE, bytes)))).toBe(
      vectors['summary sha256'],
    );
  });

  it('lists each ref with what the commit itself says', () => {
    expect(Object.fromEntries(summary.refs.map(({ ref, checksum }) => [ref, checksum]))).toEqual(
      vectors.refs,
    );
    for (const ref of summary.refs) {
      const commit = readCommit(repo, ref.checksum);
      expect(ref.commitSizeBytes).toBe(BigInt(commit.sizeBytes));
      expect(summaryRefTimestamp(ref)).toBe(commit.timestamp);
      expect(summaryRefVersion(ref)).toBe(commit.version);
    }
  });

  it('has its own keys read, and the unknown one kept', () => {
    expect(summary.lastModified).toBe(1795374186);
    expect(summary.collectionId).toBe('org.example.vec');
    expect(summary.metadata.get('org.example.note')).toEqual({ type: 's', value: 'vector' });
    expect(summary.metadata.get(summaryKeys.mode)).toEqual({ type: 's', value: 'archive-z2' });
  });

  it('is signed by the key that the vectors name', async () => {
    const set = parseSignatureSet(stored?.signatureBytes ?? new Uint8Array());
    const signed = await verifySignatures(bytes, set, { ed25519: Object.values(keys) });
    expect(signed.map(({ key }) => keyNames.get(key))).toEqual(vectors.signatures.summary);
  });

  it('was read whole', () => {
    expect(bytes).toEqual(new Uint8Array(readFileSync(`${repo.root}/summary`)));
  });
});
