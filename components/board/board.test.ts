import { describe, expect, it } from 'vitest';
import type { BoardEdgeDto, BoardStageDto } from '@/lib/contracts/board';
import { arrangeBoard, shownRefs } from './arrange-board';
import { describeEdge } from './describe-edge';

type EdgeRef = BoardEdgeDto['refs'][number];
const ref = (sourceRef: string, relation: EdgeRef['relation'], commits: number | null = 1): EdgeRef => ({
  sourceRef,
  targetRef: sourceRef,
  relation,
  commits,
  removedBy: null,
});
const edge = (from: string, to: string, refs: EdgeRef[] = []): BoardEdgeDto => ({
  id: `${from}-${to}`,
  from,
  to,
  refs,
  aheadCount: 0,
  canRequest: true,
  emergency: null,
  automatic: null,
});
const stage = (name: string) => ({ stage: { name, problem: null }, refs: [] }) as unknown as BoardStageDto;

describe('arrangeBoard', () => {
  it('draws an edge between neighbours and lists the others', () => {
    const columns = arrangeBoard({
      stages: [stage('dev'), stage('staging'), stage('production')],
      edges: [edge('dev', 'staging'), edge('dev', 'production'), edge('staging', 'dev')],
    });
    expect(columns.map(({ edges }) => edges.map(({ edge: { id } }) => id))).toEqual([
      ['dev-staging'],
      [],
      [],
    ]);
    expect(columns.map(({ otherEdges }) => otherEdges.map(({ edge: { id } }) => id))).toEqual([
      ['dev-production'],
      ['staging-dev'],
      [],
    ]);
  });
});

describe('shownRefs', () => {
  it('puts what stands out first only where not all can be shown', () => {
    const refs = ['a', 'b', 'c'].map((name) => ({
      ref: name,
      isNew: name === 'c',
      openPromotion: null,
      isBroken: false,
      isDrifted: false,
      holds: [],
    })) as unknown as BoardStageDto['refs'];
    expect(shownRefs(refs, 3).map(({ ref: name }) => name)).toEqual(['a', 'b', 'c']);
    expect(shownRefs(refs, 2).map(({ ref: name }) => name)).toEqual(['c', 'a']);
  });
});

describe('describeEdge', () => {
  it('offers nothing that was removed on purpose', () => {
    const refs = [ref('a', 'ahead'), { ...ref('b', 'missing'), removedBy: 9 }];
    const words = describeEdge(edge('dev', 'staging', refs), stage('dev'), stage('staging'));
    expect(words).toMatchObject({ headline: '1 ahead', refs: ['a'], detail: '1 ref, 1 commit, 1 removed' });
  });

  it('counts refs and commits that are ahead', () => {
    const words = describeEdge(
      edge('dev', 'staging', [ref('a', 'ahead', 2), ref('b', 'missing', 3), ref('c', 'same', 0)]),
      undefined,
      undefined,
    );
    expect(words).toEqual({
      headline: '2 ahead',
      detail: '2 refs, 5 commits, 1 new there',
      refs: ['a', 'b'],
      asked: [],
      isAhead: true,
    });
  });

  it('offers what no open promotion moves already, and names those that do', () => {
    const target = {
      stage: { problem: null },
      refs: [
        { ref: 'a', openPromotion: 42 },
        { ref: 'c', openPromotion: null },
      ],
    } as unknown as BoardStageDto;
    const words = describeEdge(
      edge('dev', 'staging', [ref('a', 'ahead'), ref('b', 'missing'), ref('c', 'ahead')]),
      undefined,
      target,
    );
    expect(words).toMatchObject({ headline: '3 ahead', refs: ['b', 'c'], asked: [42] });
  });

  it('says nothing of refs while a stage can’t be read', () => {
    const broken = { stage: { problem: 'gone' }, refs: [] } as unknown as BoardStageDto;
    const it = edge('dev', 'staging', [ref('a', 'ahead')]);
    for (const words of [describeEdge(it, broken, undefined), describeEdge(it, undefined, broken)])
      expect(words).toMatchObject({ headline: 'not known', refs: [], isAhead: false });
  });

  it('says no number of commits where one is not known', () => {
    expect(describeEdge(edge('dev', 'staging', [ref('a', 'ahead', null)]), undefined, undefined).detail).toBe(
      '1 ref',
    );
  });

  it('does not call a diverged or empty edge up to date', () => {
    expect(describeEdge(edge('dev', 'staging', [ref('a', 'diverged')]), undefined, undefined)).toMatchObject({
      headline: 'not ahead',
      detail: '1 diverged',
    });
    expect(describeEdge(edge('dev', 'staging'), undefined, undefined).headline).toBe('no refs');
    expect(describeEdge(edge('dev', 'staging', [ref('a', 'same', 0)]), undefined, undefined).headline).toBe(
      'up to date',
    );
  });
});
