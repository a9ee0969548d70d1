import { describe, expect, it } from 'vitest';
import type { BoardEdgeDto, BoardStageDto } from '@/lib/contracts/board';
import { offerRefs } from './offer-refs';

const sum = (digit: string) => digit.repeat(64);

function ref(name: string, digit: string, part: Partial<BoardStageDto['refs'][number]> = {}) {
  return {
    ref: name,
    checksum: sum(digit),
    version: '7.4.2',
    subject: 'Release 7.4.2',
    timestamp: '2026-11-02T10:00:00.000Z',
    isPromotable: true,
    isBroken: false,
    isDrifted: false,
    isBroughtByEdge: true,
    holds: [],
    openPromotion: null,
    isNew: false,
    ...part,
  };
}

function stage(name: string, refs: BoardStageDto['refs']): BoardStageDto {
  return {
    stage: {
      id: name,
      name,
      position: 0,
      repoPath: `/srv/${name}`,
      mode: 'archive',
      collectionId: null,
      overlapSeconds: 0,
      retireGraceHours: 24,
      keys: [],
      refCount: refs.length,
      problem: null,
      unknownRun: null,
      summaryDrift: null,
      summary: null,
      lastPublishedAt: null,
    },
    freeze: null,
    nextFreeze: null,
    refs,
  };
}

function edge(refs: BoardEdgeDto['refs']): BoardEdgeDto {
  return {
    id: 'e1',
    from: 'dev',
    to: 'staging',
    refs,
    aheadCount: 0,
    canRequest: true,
    emergency: null,
    automatic: null,
  };
}

function along(sourceRef: string, relation: BoardEdgeDto['refs'][number]['relation'], targetRef = sourceRef) {
  return { sourceRef, targetRef, relation, commits: relation === 'ahead' ? 2 : null, removedBy: null };
}

describe('offerRefs', () => {
  it('puts what may come first and keeps the order otherwise', () => {
    const source = stage('dev', [ref('a', '1'), ref('b', '2'), ref('c', '3')]);
    const offered = offerRefs(
      edge([along('b', 'ahead'), along('c', 'missing')]),
      source,
      stage('staging', []),
    );
    expect(offered.map((entry) => entry.ref)).toEqual(['b', 'c', 'a']);
    expect(offered[0]).toMatchObject({ isSelectable: true, commits: 2, note: null });
  });

  it.each([
    ['a ref that the edge does not take', [], {}, /doesn’t take/],
    ['a ref that is the same', [along('a', 'same')], {}, /already has/],
    ['a ref whose target is ahead', [along('a', 'behind')], {}, /is ahead/],
    ['a broken ref', [along('a', 'ahead')], { isBroken: true }, /can’t be read/],
    ['a name that can’t be promoted', [along('a', 'ahead')], { isPromotable: false }, /name/],
  ] as const)('says why %s can’t be chosen', (_name, refs, part, why) => {
    const [entry] = offerRefs(edge([...refs]), stage('dev', [ref('a', '1', part)]), stage('staging', []));
    expect(entry?.isSelectable).toBe(false);
    expect(entry?.note).toMatch(why);
  });

  it('lets a diverged ref be chosen, with a word of caution', () => {
    const [entry] = offerRefs(
      edge([along('a', 'diverged')]),
      stage('dev', [ref('a', '1')]),
      stage('staging', [ref('a', '2')]),
    );
    expect(entry).toMatchObject({ isSelectable: true, targetChecksum: sum('2') });
    expect(entry?.note).toContain('lacks');
  });

  it.each([
    ['every', 'the run waits until the hold is lifted'],
    ['automatic', null],
  ] as const)('says of a ref that is held against %s promotion what comes of it', (scope, word) => {
    const hold = {
      id: 'h',
      stage: 'staging',
      ref: 'a',
      origin: 'hand',
      promotion: null,
      reason: 'r',
    } as const;
    const held = { ...hold, scope, by: 'somebody', at: '2026-11-26T00:00:00.000Z' };
    const [entry] = offerRefs(
      edge([along('a', 'ahead')]),
      stage('dev', [ref('a', '2')]),
      stage('staging', [ref('a', '1', { holds: [held] })]),
    );
    expect(entry?.isSelectable).toBe(true);
    expect(entry?.note).toEqual(word === null ? null : expect.stringContaining(word));
  });

  it('says of a ref that was removed on purpose that it would come back', () => {
    const removed = { ...along('a', 'missing'), removedBy: 9 };
    const [entry] = offerRefs(edge([removed]), stage('dev', [ref('a', '1')]), stage('staging', []));
    expect(entry).toMatchObject({
      isSelectable: true,
      note: expect.stringContaining('#9 removed it from staging'),
    });
  });

  it('looks a renamed ref up under its name in the target, open promotion included', () => {
    const [entry] = offerRefs(
      edge([along('a', 'ahead', 'z')]),
      stage('dev', [ref('a', '1')]),
      stage('staging', [ref('z', '2', { openPromotion: 42, version: '7.4.1' })]),
    );
    expect(entry).toMatchObject({ targetRef: 'z', targetVersion: '7.4.1', openPromotion: 42 });
    expect(entry?.note).toContain('#42');
  });
});
