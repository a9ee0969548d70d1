import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryRepo } from '../fixtures/fuzz/memory-repo';
import { HandMadeRepo, PLAIN_FILE } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import { sha256 } from '../format/checksum';
import { serializeFileHeader, serializeFilezHeader } from '../format/file-header';
import { limits } from '../format/limits';
import { objectPath, type RepoMode } from '../format/object-path';
import { checkObjects } from './check-objects';
import { openRepo } from './open-repo';
import { verifyObject } from './verify-object';

const temporary = temporaryDirectory();
let count = 0;
const absent = sha256(Buffer.from('absent'));

describe('an object', () => {
  it.each<RepoMode>(['archive', 'bare', 'bare-user'])('that is not there is missing: %s', (mode) => {
    const repo = openRepo(new HandMadeRepo(`${temporary}/${count++}`, mode).path);
    expect(() => verifyObject(repo, absent, 'file')).toThrow(withCode('ostree/object-missing'));
    expect(() => verifyObject(repo, absent, 'file')).toThrow(`${absent}.file is missing from ${repo.path}`);
    expect(checkObjects(repo, { type: 'file', checksums: [absent] }, true)).toMatchObject([
      { checksum: absent, type: 'file', code: 'ostree/object-missing' },
    ]);
    repo.close();
  });

  it.each([
    ['dirtree', limits.dirtreeSizeBytesMax],
    ['commit', limits.metadataSizeBytesMax],
  ] as const)('that is larger than any may be is not read: %s', (type, sizeBytesMax) => {
    const made = new HandMadeRepo(`${temporary}/${count++}`);
    made.put(type, Buffer.alloc(1), absent);
    truncateSync(`${made.path}/${objectPath(absent, type, 'archive')}`, sizeBytesMax + 1);
    const repo = openRepo(made.path);
    expect(() => verifyObject(repo, absent, type)).toThrow(`it is larger than ${sizeBytesMax} bytes`);
    repo.close();
  });

  it('is verified whatever its header, after a thousand of other headers too', () => {
    const verify = (uid: number) => {
      const header = { ...PLAIN_FILE, uid };
      // Deflate of nothing.
      const bytes = Buffer.concat([serializeFilezHeader({ ...header, sizeBytes: 0n }), Buffer.from([3, 0])]);
      const checksum = sha256(serializeFileHeader(header));
      expect(verifyObject(memoryRepo('archive', bytes), checksum, 'file').sizeBytes).toBe(bytes.length);
      expect(() => verifyObject(memoryRepo('archive', bytes), absent, 'file')).toThrow();
    };
    for (let uid = 0; uid <= 1001; uid++) verify(uid);
    verify(0);
  });
});
