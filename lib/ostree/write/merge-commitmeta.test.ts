import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { fsckClean, objectFile, PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { parseSignatureSet } from '../format/signatures';
import { readCommit } from '../repo/read-commit';
import { generateEd25519KeyPair, signEd25519 } from '../sign/ed25519';
import { mergeSignatures } from './merge-commitmeta';

let fixture: PullFixture;
let head: Checksum;
let file: string;
let signatures: Uint8Array[];
beforeEach(() => {
  fixture = new PullFixture();
  head = fixture.commit();
  file = objectFile(fixture.sourcePath, head, 'commitmeta');
  const { bytes } = readCommit(fixture.openSource(), head);
  signatures = [1, 2].map(() => signEd25519(generateEd25519KeyPair().secretKey, bytes));
});
afterEach(() => fixture.remove());

const stored = () => parseSignatureSet(readFileSync(file));
const hex = (blobs: readonly Uint8Array[]) => blobs.map((blob) => Buffer.from(blob).toString('hex'));

test('signatures are added behind those that are there, each once', () => {
  const repo = fixture.openSource();
  mergeSignatures(repo, head, { ed25519: signatures.slice(0, 1) });
  const merged = mergeSignatures(repo, head, { ed25519: signatures });
  expect(hex(merged.ed25519)).toEqual(hex(signatures));
  expect(hex(stored().ed25519)).toEqual(hex(signatures));
  expect(statSync(file).mode & 0o777).toBe(0o644);
  fsckClean(fixture.sourcePath);
});

test('malformed signatures are dropped, other metadata is kept and the present value wins', () => {
  const repo = fixture.openSource();
  const other = new Map([['org.example.note', { type: 's', value: 'ours' }]]);
  mergeSignatures(repo, head, { other });
  mergeSignatures(repo, head, {
    ed25519: [Buffer.alloc(63), ...signatures],
    gpg: [Buffer.from('no packet')],
    other: new Map([
      ['org.example.note', { type: 's', value: 'theirs' }],
      ['org.example.more', { type: 's', value: 'more' }],
    ]),
  });
  expect(hex(stored().ed25519)).toEqual(hex(signatures));
  expect(stored().gpg).toEqual([]);
  expect(stored().other.get('org.example.note')).toMatchObject({ value: 'ours' });
  expect(stored().other.get('org.example.more')).toMatchObject({ value: 'more' });
});

test('nothing is written for nothing, and nothing over what nobody can read', () => {
  const repo = fixture.openSource();
  mergeSignatures(repo, head, { ed25519: [Buffer.alloc(3)] });
  expect(() => statSync(file)).toThrow('ENOENT');
  mergeSignatures(repo, head, { ed25519: signatures });
  const { ino } = statSync(file);
  mergeSignatures(repo, head, { ed25519: signatures });
  expect(statSync(file).ino).toBe(ino);
  writeFileSync(file, 'not a dict');
  expect(() => mergeSignatures(repo, head, { ed25519: signatures })).toThrow(
    expect.objectContaining({ code: 'ostree/signature-invalid' }),
  );
  expect(readFileSync(file, 'utf8')).toBe('not a dict');
});

test('a file of no bytes, as libostree writes it, is an empty set', () => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  mergeSignatures(fixture.openSource(), head, { ed25519: signatures });
  expect(hex(stored().ed25519)).toEqual(hex(signatures));
  rmSync(file);
});

test.each([
  ['mkdir', 'ENOSPC', 'ostree/no-space', 'no space left: free some and try again'],
  ['rename', 'EROFS', 'ostree/repo-read-only', 'it may not be written by this user'],
])('where %s fails with %s, the signatures are as they were', (call, errno, code, why) => {
  mergeSignatures(fixture.openSource(), head, { ed25519: signatures.slice(0, 1) });
  const fs = watchedFs(({ name }) => {
    if (name === call) throw systemError(errno, call);
  });
  expect(() => mergeSignatures(fixture.openSource(fs), head, { ed25519: signatures })).toThrow(
    expect.objectContaining({ code, message: `signing ${head} in ${fixture.sourcePath} failed: ${why}` }),
  );
  expect(hex(stored().ed25519)).toEqual(hex(signatures.slice(0, 1)));
  expect(readdirSync(join(fixture.sourcePath, 'tmp')).filter((name) => name.startsWith('treeline'))).toEqual(
    [],
  );
});
