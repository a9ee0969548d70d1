import { describe, expect, it } from 'vitest';
import { serializeVariant } from '../../gvariant';
import { withCode } from '../fixtures/with-code';
import { checksumToBytes, sha256 } from './checksum';
import { parseDirtree, serializeDirtree } from './dirtree';

const sum = sha256(Buffer.from('any'));
const bytes32 = checksumToBytes(sum);
const bytes31 = bytes32.subarray(1);
const corrupt = withCode('ostree/object-corrupt');

function dirtreeOf(files: [string, Uint8Array][], dirs: [string, Uint8Array, Uint8Array][] = []): Uint8Array {
  return serializeVariant('(a(say)a(sayay))', [files, dirs]);
}

describe('dirtree', () => {
  const DIRTREES: [attack: string, bytes: Uint8Array][] = [
    ['".." as a name: a checkout would write above its target', dirtreeOf([['..', bytes32]])],
    [
      '"." as a name: a checkout would replace the directory itself',
      dirtreeOf([], [['.', bytes32, bytes32]]),
    ],
    ['a slash in a name: a checkout would write wherever it leads', dirtreeOf([['etc/passwd', bytes32]])],
    ['an empty name, which libostree takes: it names the directory itself', dirtreeOf([['', bytes32]])],
    ['a name of 256 bytes, which no file system can hold', dirtreeOf([['x'.repeat(256), bytes32]])],
    [
      'the same name twice: a reviewer sees one file, a client gets the other',
      dirtreeOf([
        ['a', bytes32],
        ['a', bytes32],
      ]),
    ],
    [
      'one name as file and directory: what a client makes of it depends on its order',
      dirtreeOf([['a', bytes32]], [['a', bytes32, bytes32]]),
    ],
    [
      'names out of order: clients that search by halves miss some',
      dirtreeOf([
        ['b', bytes32],
        ['a', bytes32],
      ]),
    ],
    [
      'directories out of order',
      dirtreeOf(
        [],
        [
          ['b', bytes32, bytes32],
          ['a', bytes32, bytes32],
        ],
      ),
    ],
    [
      'names in UTF-16 order instead of byte order',
      dirtreeOf([
        ['\u{1f600}', bytes32],
        ['\uffee', bytes32],
      ]),
    ],
    ['a checksum of 31 bytes, so that the next name shifts', dirtreeOf([['a', bytes31]])],
    ['no checksum at all', dirtreeOf([['a', new Uint8Array(0)]])],
    [
      'a dirtree checksum of 33 bytes and a dirmeta of 31, 64 together',
      dirtreeOf([], [['a', Buffer.concat([bytes32, Buffer.from([1])]), bytes31]]),
    ],
    ['no bytes: not even the empty directory has none', new Uint8Array(0)],
    ['bytes behind the end', Buffer.concat([dirtreeOf([['a', bytes32]]), Buffer.from([0])])],
  ];

  it.each(DIRTREES)('refuses %s', (_, data) => {
    expect(() => parseDirtree(data)).toThrow(corrupt);
  });

  it('refuses a name that is not valid UTF-8: it shows differently in every tool', () => {
    const data = dirtreeOf([['ab', bytes32]]);
    data[0] = 0xff;
    expect(() => parseDirtree(data)).toThrow(corrupt);
  });

  it('refuses a name with a zero byte: C readers see the part before it', () => {
    const data = dirtreeOf([['ab', bytes32]]);
    data[0] = 0;
    expect(() => parseDirtree(data)).toThrow(corrupt);
  });

  it('takes the longest name and the empty directory', () => {
    expect(parseDirtree(dirtreeOf([['x'.repeat(255), bytes32]])).files).toHaveLength(1);
    expect(parseDirtree(new Uint8Array([0]))).toEqual({ files: [], dirs: [] });
  });

  it.each(['..', '', 'a/b', 'x'.repeat(256), 'a\0b', '\ud800'])('is not written with the name %j', (name) => {
    expect(() => serializeDirtree({ files: [{ name, checksum: sum }], dirs: [] })).toThrow(corrupt);
  });

  it('is not written with a name twice', () => {
    const dirs = [{ name: 'a', dirtree: sum, dirmeta: sum }];
    expect(() => serializeDirtree({ files: [{ name: 'a', checksum: sum }], dirs })).toThrow(corrupt);
  });
});
