import { describe, expect, it } from 'vitest';
import { checksumToBytes, sha256 } from './checksum';
import {
  deltaDirectory,
  deltaIndexPath,
  formatDeltaName,
  parseDeltaDirectory,
  parseDeltaIndexFile,
} from './delta-name';

const sum = sha256(Buffer.from('a'));
const name = Buffer.from(checksumToBytes(sum)).toString('base64').replaceAll('/', '_').slice(0, 43);
/** The same 32 bytes, said with two bits that base64 does not need. */
const other = `${name.slice(0, 42)}${String.fromCharCode(name.charCodeAt(42) + 1)}`;

describe('the directory of a delta', () => {
  it.each([
    ['is empty', ''],
    ['climbs', '../../../../../etc/passwd'],
    ['is too short for a checksum', name.slice(0, 42)],
    ['is too long', `${name}A`],
    ['has a second spelling of the same checksum: two places for one delta', other],
    ['has padding', `${name}=`],
    ['has a slash where libostree writes an underscore', `${name.slice(0, 42)}/`],
    ['is hex, as in a summary', sum],
    ['leads from nowhere', `-${name}`],
    ['leads nowhere', `${name}-`],
    ['leads through a third commit', `${name}-${name}-${name}`],
    ['holds a zero byte', `${name.slice(0, 42)}\0`],
  ])('is none where it %s', (_, text) => {
    expect(parseDeltaDirectory(text.slice(0, 2), text.slice(2))).toBeNull();
  });

  it('is taken for one commit and for two', () => {
    expect(parseDeltaDirectory(name.slice(0, 2), name.slice(2))).toEqual({ from: null, to: sum });
    expect(parseDeltaDirectory(name.slice(0, 2), `${name.slice(2)}-${name}`)).toEqual({ from: sum, to: sum });
    expect(formatDeltaName({ from: null, to: sum })).toBe(sum);
    expect(deltaDirectory({ from: null, to: sum })).toBe(`deltas/${name.slice(0, 2)}/${name.slice(2)}`);
    expect(formatDeltaName({ from: sum, to: sum })).toBe(`${sum}-${sum}`);
  });
});

describe('the index of deltas', () => {
  it.each(['', '.index', `${name}`, `${name}.index.index`, `${other}.index`, `${name}.INDEX`])(
    'is none named %j',
    (text) => {
      expect(parseDeltaIndexFile(text.slice(0, 2), text.slice(2))).toBeNull();
    },
  );

  it('is found where it is written', () => {
    const [, fanout = '', file = ''] = deltaIndexPath(sum).split('/');
    expect(parseDeltaIndexFile(fanout, file)).toBe(sum);
  });
});
