import { describe, expect, it } from 'vitest';
import type { BoardDto } from '@/lib/contracts/board';
import type { DiffRowDto } from '@/lib/contracts/commit';
import { type Head, parseRev } from './parse-rev';
import { suggestComparisons } from './suggest-comparisons';
import { modeChange, parseChange, sizeDelta } from './summarise-change';

const row = (more: Partial<DiffRowDto>): DiffRowDto => ({
  path: '/a',
  change: 'modified',
  kind: 'file',
  fromSize: null,
  toSize: null,
  fromMode: null,
  toMode: null,
  fromChecksum: null,
  toChecksum: null,
  ...more,
});

describe('sizeDelta', () => {
  it('is exact beyond 2^53 and counts a missing side as nothing', () => {
    expect(sizeDelta(row({ fromSize: '1', toSize: '9007199254740995' }))).toBe('9007199254740994');
    expect(sizeDelta(row({ fromSize: '12' }))).toBe('-12');
    expect(sizeDelta(row({}))).toBeNull();
  });
});

describe('modeChange', () => {
  it('needs both sides', () => {
    expect(modeChange(row({ fromMode: '0100644', toMode: '0104755' }))).toEqual({
      from: '0100644',
      to: '0104755',
    });
    expect(modeChange(row({ fromMode: '0100644', toMode: '0100644' }))).toBeNull();
    expect(modeChange(row({ toMode: '0100644' }))).toBeNull();
  });
});

describe('parseChange', () => {
  it('takes no other word', () => {
    expect([parseChange('added'), parseChange(''), parseChange('toString')]).toEqual(['added', null, null]);
  });
});

describe('parseRev', () => {
  const heads: Head[] = [
    { name: 'dev:os/stable', checksum: `abc123${'0'.repeat(58)}`, note: '' },
    { name: 'staging:os/stable', checksum: `abc124${'0'.repeat(58)}`, note: '' },
    { name: 'production:os/stable', checksum: `abc124${'0'.repeat(58)}`, note: '' },
  ];
  it('takes a name, a whole checksum or one head’s beginning', () => {
    expect(parseRev(' dev:os/stable ', heads)).toBe(heads[0]?.checksum);
    expect(parseRev('F'.repeat(64), heads)).toBe('f'.repeat(64));
    expect(parseRev('abc124', heads)).toBe(heads[1]?.checksum);
  });
  it('refuses what is too short, ambiguous or unknown', () => {
    expect([parseRev('abc12', heads), parseRev('nope:os', heads), parseRev('', heads)]).toEqual([
      null,
      null,
      null,
    ]);
    const two = [...heads, { name: 'x:y', checksum: `abc123${'1'.repeat(58)}`, note: '' }];
    expect(parseRev('abc123', two)).toBeNull();
  });
});

describe('suggestComparisons', () => {
  const board = {
    stages: [
      {
        stage: { name: 'dev' },
        refs: ['a', 'b', 'c'].map((ref) => ({
          ref,
          version: '2',
          checksum: `dev-${ref}`,
          isBroken: ref === 'c',
        })),
      },
      {
        stage: { name: 'staging' },
        refs: [{ ref: 'a', version: '1', checksum: 'staging-a', isBroken: false }],
      },
    ],
    edges: [
      {
        from: 'dev',
        to: 'staging',
        refs: [
          { sourceRef: 'a', targetRef: 'a', relation: 'ahead' },
          { sourceRef: 'b', targetRef: 'b', relation: 'missing' },
          { sourceRef: 'c', targetRef: 'c', relation: 'ahead' },
        ],
      },
    ],
  } as unknown as BoardDto;

  it('compares the target’s head with the source’s, an empty tree where there is none, and skips broken refs', () => {
    expect(
      suggestComparisons(board, 10).map(({ from, to }) => [from?.checksum ?? null, to.checksum]),
    ).toEqual([
      ['staging-a', 'dev-a'],
      [null, 'dev-b'],
    ]);
    expect(suggestComparisons(board, 1)).toHaveLength(1);
  });
});
