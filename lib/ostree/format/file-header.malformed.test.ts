import { describe, expect, it } from 'vitest';
import { serializeVariant } from '../../gvariant';
import { withCode } from '../fixtures/with-code';
import { parseFileHeader, parseFilezHeader, parseHeaderPrefix, serializeFileHeader } from './file-header';

const corrupt = withCode('ostree/object-corrupt');

function headerOf(mode: number, target: string, rdev = 0): Uint8Array {
  return serializeVariant('(uuuusa(ayay))', [0, 0, mode, rdev, target, []], { endian: 'big' });
}
function filezOf(mode: number, target: string, rdev = 0): Uint8Array {
  return serializeVariant('(tuuuusa(ayay))', [5n, 0, 0, mode, rdev, target, []], { endian: 'big' });
}

describe('file header', () => {
  const HEADERS: [attack: string, mode: number, target: string, rdev?: number][] = [
    ['a directory as a content object', 0o40755, ''],
    ['a device, which a checkout by root would make', 0o060644, ''],
    ['a device number', 0o100644, '', 5],
    ['a FIFO', 0o010644, ''],
    ['a file with a symlink target: which of the two is it', 0o100644, '/etc/shadow'],
    ['a symlink to nowhere', 0o120777, ''],
    ['a symlink target longer than any path', 0o120777, 'x'.repeat(4096)],
    ['bits that no mode has', 0o1100644, ''],
  ];

  it.each(HEADERS)('refuses %s', (_, mode, target, rdev) => {
    expect(() => parseFileHeader(headerOf(mode, target, rdev))).toThrow(corrupt);
    expect(() => parseFilezHeader(filezOf(mode, target, rdev))).toThrow(corrupt);
    if (rdev !== undefined) return;
    expect(() => serializeFileHeader({ uid: 0, gid: 0, mode, target, xattrs: [] })).toThrow(corrupt);
  });

  it.each([
    ['is shorter than its prefix', [0, 0, 0], 0],
    ['says that its header is longer than the file', [0, 0, 0, 9, 0, 0, 0, 0], 8],
    ['says that its header is 4 GiB long, to be allocated', [255, 255, 255, 255, 0, 0, 0, 0], 2 ** 33],
    ['hides a byte in the padding, which libostree skips', [0, 0, 0, 1, 0, 0, 0, 1], 8],
  ])('refuses a file that %s', (_, data, available) => {
    expect(() => parseHeaderPrefix(new Uint8Array(data), available)).toThrow(corrupt);
  });

  it('is read alike by the short way and the long', () => {
    const plain = filezOf(0o100644, '');
    expect(plain).toHaveLength(26);
    expect(parseFilezHeader(plain)).toEqual({
      sizeBytes: 5n,
      uid: 0,
      gid: 0,
      mode: 0o100644,
      target: '',
      xattrs: [],
    });
    for (let at = 0; at < plain.length; at++) {
      const changed = plain.slice();
      changed[at] = (changed[at] as number) ^ 0x80;
      // A changed size, owner or permission is another header; everything else is none.
      if (at < 16 || at === 19) expect(parseFilezHeader(changed)).not.toEqual(parseFilezHeader(plain));
      else expect(() => parseFilezHeader(changed)).toThrow(corrupt);
    }
  });

  it('is not written with a target that holds a zero byte: C readers see the part before it', () => {
    const header = { uid: 0, gid: 0, mode: 0o120777, target: 'a\0b', xattrs: [] };
    expect(() => serializeFileHeader(header)).toThrow(corrupt);
  });
});
