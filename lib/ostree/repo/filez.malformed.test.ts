import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FilezFaults, HandMadeRepo, PLAIN_FILE } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import { sha256 } from '../format/checksum';
import { objectPath } from '../format/object-path';
import { openRepo } from './open-repo';
import { readFileContent, readFileInfo } from './read-file';
import { verifyObject } from './verify-object';

const temporary = temporaryDirectory();
let count = 0;
function handMade(): HandMadeRepo {
  return new HandMadeRepo(`${temporary}/${count++}`);
}

const corrupt = withCode('ostree/object-corrupt');
const SECRET = 'root:$6$secret';

describe('an archive file', () => {
  const content = Buffer.from('the quick brown fox '.repeat(50));
  const FAULTS: [attack: string, faults: FilezFaults][] = [
    ['states a larger size, which a client waits for and fails (LAB-6)', { sizeBytes: 1255n }],
    ['states a smaller size, which a client cuts it at', { sizeBytes: 999n }],
    ['states a size near 2^64, to be allocated', { sizeBytes: 2n ** 64n - 1n }],
    ['carries bytes behind its content, covered by no checksum (LAB-6)', { trailing: Buffer.from(SECRET) }],
    ['carries a single byte behind its content', { trailing: Buffer.from([0]) }],
    ['ends early', { keepBytes: 20 }],
    ['has no content at all', { keepBytes: 0 }],
    ['is followed by a second deflate stream', { trailing: Buffer.from([3, 0]) }],
  ];

  it.each(FAULTS)('is refused where it %s', (_, faults) => {
    const made = handMade();
    const checksum = made.filez(content, faults);
    const repo = openRepo(made.path);
    expect(() => verifyObject(repo, checksum, 'file')).toThrow(corrupt);
    expect(() => readFileContent(repo, checksum, { maxBytes: 1e6 })).toThrow(corrupt);
    expect(() => verifyObject(repo, checksum, 'file')).toThrow(`${checksum}.file in ${made.path}`);
    repo.close();
  });

  it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_000])(
    'of %i bytes is taken, noise or zeros',
    (size) => {
      const made = handMade();
      const noise = Buffer.alloc(size);
      for (let i = 0; i < size; i += 32) Buffer.from(sha256(Buffer.from(`${i}`)), 'hex').copy(noise, i);
      const repo = openRepo(made.path);
      for (const bytes of [noise, Buffer.alloc(size)]) {
        const checksum = made.filez(bytes);
        verifyObject(repo, checksum, 'file');
        expect(Buffer.from(readFileContent(repo, checksum, { maxBytes: 1e6 })).equals(bytes)).toBe(true);
      }
      repo.close();
    },
  );

  it('that inflates a thousandfold is cut at what was asked for, and takes no memory to verify', () => {
    const made = handMade();
    const checksum = made.filez(Buffer.alloc(300_000_000));
    const repo = openRepo(made.path);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readFileContent(repo, checksum, { maxBytes: 1000 })).toThrow(
      withCode('ostree/object-too-large'),
    );
    verifyObject(repo, checksum, 'file');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    expect(readFileInfo(repo, checksum).sizeBytes).toBe(300_000_000n);
    repo.close();
  });

  it('is read whole after another was given up half way', () => {
    const made = handMade();
    const first = made.filez(Buffer.alloc(200_000, 'a'));
    const second = made.filez(Buffer.alloc(200_000, 'b'));
    const repo = openRepo(made.path);
    for (let i = 0; i < 3; i++) {
      expect(() => readFileContent(repo, first, { maxBytes: 10 })).toThrow();
      expect(readFileContent(repo, second, { maxBytes: 1e6 })).toHaveLength(200_000);
    }
    repo.close();
  });

  it.each([
    ['a symlink with something behind its header', Buffer.alloc(0), { trailing: Buffer.from([1]) }],
    ['a symlink that states a size', Buffer.alloc(0), { sizeBytes: 5n }],
  ])('is refused where it is %s', (_, bytes, faults) => {
    const made = handMade();
    const checksum = made.filez(bytes, faults, { ...PLAIN_FILE, mode: 0o120777, target: '/etc' });
    const repo = openRepo(made.path);
    expect(() => verifyObject(repo, checksum, 'file')).toThrow(corrupt);
    repo.close();
  });

  it('is refused under any checksum but its own', () => {
    const made = handMade();
    const checksum = made.filez(content);
    const other = sha256(Buffer.from('other'));
    const repo = openRepo(made.path);
    mkdirSync(`${made.path}/objects/${other.slice(0, 2)}`, { recursive: true });
    repo.fs.link(
      `${repo.root}/${objectPath(checksum, 'file', 'archive')}`,
      `${repo.root}/${objectPath(other, 'file', 'archive')}`,
    );
    expect(() => verifyObject(repo, other, 'file')).toThrow(corrupt);
    expect(() => readFileContent(repo, other, { maxBytes: 1e6 })).toThrow(corrupt);
    repo.close();
  });
});
