import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Value } from '../gvariant';
import { bundleScript } from './fixtures/bundle-script';
import { HandMadeRepo } from './fixtures/hand-made-repo';
import { temporaryDirectory } from './fixtures/temporary-directory';
import { checksumToBytes, sha256 } from './format/checksum';
import { serializeCommit } from './format/commit';
import { serializeDirtree } from './format/dirtree';
import { limits } from './format/limits';
import { NO_SIGNATURES, serializeSignatureSet } from './format/signatures';
import { parseSummary, serializeSummary, summaryRefMetadata } from './format/summary';
import { listRefs } from './repo/list-refs';
import { openRepo } from './repo/open-repo';
import { buildSummary } from './write/build-summary';

/** Parses a file with a heap of so many MiB, and says what the process took at most. */
const READER = `
import { readFileSync } from 'node:fs';
import { peakMemoryMiB } from './fixtures/peak-memory';
import { parseCommit } from './format/commit';
import { parseDirtree } from './format/dirtree';
import { parseSignatureSet } from './format/signatures';
import { parseSummary } from './format/summary';
const [kind, path] = process.argv.slice(2);
const parsers = { commit: parseCommit, dirtree: parseDirtree, signatures: parseSignatureSet, summary: parseSummary };
let outcome = 'read';
try {
  parsers[kind](new Uint8Array(readFileSync(path)));
} catch (error) {
  outcome = error.code ?? String(error);
}
process.stdout.write(JSON.stringify({ outcome, peakMiB: peakMemoryMiB() }));
`;

const folder = temporaryDirectory();
mkdirSync(`${folder}/programs`);
const program = bundleScript(`${folder}/programs`, READER);
let count = 0;

function readApart(kind: string, bytes: Uint8Array, heapMiB: number): { outcome: string; peakMiB: number } {
  const path = `${folder}/${count++}`;
  writeFileSync(path, bytes);
  const args = [`--max-old-space-size=${heapMiB}`, program, kind, path];
  const report = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as {
    outcome: string;
    peakMiB: number;
  };
  console.log(`${kind} of ${bytes.length} bytes: ${JSON.stringify(report)}`);
  return report;
}

const sum = sha256(Buffer.from('x'));
const MIB = 1024 * 1024;

describe('the largest that is read', () => {
  it('is a commit of 16 MiB, in 256 MiB', () => {
    const names = Array.from({ length: 900_000 }, (_, i): Value => `package-${i}`);
    const blob = new Uint8Array(limits.metadataSizeBytesMax - 14 * MIB);
    const bytes = serializeCommit({
      metadata: new Map([
        ['names', { type: 'as', value: names.slice(0, 500_000) }],
        ['blob', { type: 'ay', value: blob }],
      ]),
      parent: null,
      subject: 's'.repeat(3 * MIB),
      body: '',
      timestamp: 0,
      rootDirtree: sum,
      rootDirmeta: sum,
    });
    expect(bytes.length).toBeGreaterThan(10 * MIB);
    expect(readApart('commit', bytes, 256)).toMatchObject({ outcome: 'read' });
  });

  it('is a dirtree of 32 MiB, in 512 MiB', () => {
    const files = Array.from({ length: 640_000 }, (_, i) => ({
      name: `${i}`.padStart(8, '0'),
      checksum: sum,
    }));
    const bytes = serializeDirtree({ files, dirs: [] });
    expect(bytes.length).toBeGreaterThan(28 * MIB);
    expect(bytes.length).toBeLessThanOrEqual(limits.dirtreeSizeBytesMax);
    const report = readApart('dirtree', bytes, 512);
    expect(report.outcome).toBe('read');
    expect(report.peakMiB).toBeLessThan(640);
  });

  it('is a summary of 100,000 refs, in 512 MiB', () => {
    const refs = Array.from({ length: 100_000 }, (_, i) => ({
      ref: `os/${i}`,
      checksum: sum,
      commitSizeBytes: 200n,
      metadata: summaryRefMetadata({ timestamp: i, version: `${i}` }),
    }));
    const bytes = serializeSummary({ refs, collectionRefs: new Map(), metadata: new Map() });
    const report = readApart('summary', bytes, 512);
    expect(report.outcome).toBe('read');
    expect(report.peakMiB).toBeLessThan(640);
  });

  it('is a summary of 128 MiB of what others keep in it, in 256 MiB beside the file itself', () => {
    const metadata = new Map([['xa.cache', { type: 'ay', value: new Uint8Array(120 * MIB) }]]);
    const bytes = serializeSummary({ refs: [], collectionRefs: new Map(), metadata });
    const report = readApart('summary', bytes, 256);
    expect(report.outcome).toBe('read');
    expect(report.peakMiB).toBeLessThan(640);
  });

  it('are 200,000 signatures in detached metadata, in 256 MiB', () => {
    const checksum = checksumToBytes(sum);
    const blob = new Uint8Array([...checksum, ...checksum]);
    const ed25519 = Array.from({ length: 200_000 }, () => blob);
    const bytes = serializeSignatureSet({ ...NO_SIGNATURES, ed25519 });
    expect(readApart('signatures', bytes, 256)).toMatchObject({ outcome: 'read' });
    expect(bytes.length).toBeLessThan(limits.metadataSizeBytesMax);
  });
});

it('100,000 refs are listed, and a summary is made of them', () => {
  const made = new HandMadeRepo(`${folder}/refs`);
  const commit = made.commit(made.dirtree({ files: [], dirs: [] }));
  for (let i = 1; i < 100_000; i++) made.ref(`os/${i % 100}/${i}`, commit);
  const repo = openRepo(made.path);
  expect(listRefs(repo)).toHaveLength(100_000);
  const summary = buildSummary(repo, { now: new Date() });
  expect(parseSummary(summary).refs).toHaveLength(100_000);
  repo.close();
});
