import { describe, expect, it } from 'vitest';
import type { PromotionRowDto } from '@/lib/contracts/promotion';
import type { StageDto } from '@/lib/contracts/stage';
import { stageState } from './stage-state';

const stage: StageDto = {
  id: 's',
  name: 'staging',
  position: 1,
  repoPath: '/srv/staging',
  mode: 'archive',
  collectionId: null,
  overlapSeconds: 0,
  retireGraceHours: 24,
  keys: [],
  refCount: 2,
  problem: null,
  unknownRun: null,
  summaryDrift: null,
  summary: { lastModified: null, refCount: 2, signatures: [], isCurrent: true },
  lastPublishedAt: '2026-11-02T10:00:00.000Z',
};
const fine = { isBroken: false, isDrifted: false };
const promotion = (state: PromotionRowDto['state'], to = 'staging'): PromotionRowDto => ({
  number: 42,
  title: '7.4.1 to staging',
  kind: 'promote',
  edge: { id: 'e', from: 'dev', to },
  state,
  stateText: 'pull 61%',
  reason: 'why',
  requester: 'release manager',
  refs: [],
  supersedes: null,
  supersededBy: null,
  emergency: null,
  waits: [],
  createdAt: '2026-11-02T10:00:00.000Z',
  endedAt: null,
});

describe('stageState', () => {
  it('says that a repository can’t be read before anything else', () => {
    const state = stageState({ ...stage, problem: 'no such folder' }, [fine], [promotion('running')]);
    expect(state).toMatchObject({ tone: 'bad', why: 'no such folder' });
  });

  it('puts a broken ref before a run, a run before a review, a review before drift', () => {
    const replaced = stageState({ ...stage, summaryDrift: 'replaced' }, [], []);
    expect(replaced).toMatchObject({ tone: 'stale', text: 'summary changed outside' });
    const drifted = { isBroken: false, isDrifted: true };
    const text = (refs: { isBroken: boolean; isDrifted: boolean }[], flight: PromotionRowDto[]) =>
      stageState(stage, refs, flight).text;
    expect(text([{ isBroken: true, isDrifted: false }], [promotion('running')])).toBe('1 broken ref');
    expect(text([drifted], [promotion('requested'), promotion('running')])).toBe('#42 pull 61%');
    expect(text([drifted], [promotion('requested'), promotion('requested')])).toBe('2 wait for review');
    expect(text([drifted, drifted], [])).toBe('2 refs changed outside');
    const waits = [{ code: 'frozen' as const, detail: 'staging is frozen by Weekend', until: null }];
    const held = { ...promotion('approved'), stateText: 'waits: frozen', waits };
    expect(stageState(stage, [fine], [held])).toMatchObject({
      tone: 'wait',
      text: '#42 waits: frozen',
      why: 'staging is frozen by Weekend',
    });
    expect(text([], [held, promotion('approved')])).toBe('#42 pull 61%');
  });

  it('leaves promotions into other stages out', () => {
    expect(stageState(stage, [fine], [promotion('requested', 'production')])).toMatchObject({
      tone: 'ok',
      text: 'published',
      at: stage.lastPublishedAt,
    });
  });

  it('tells an outdated summary and an empty repository', () => {
    const outdated = { lastModified: null, refCount: 1, signatures: [], isCurrent: false };
    expect(stageState({ ...stage, summary: outdated }, [fine], []).text).toBe('summary out of date');
    expect(stageState({ ...stage, lastPublishedAt: null, refCount: 0 }, [], []).text).toBe('empty');
    expect(stageState({ ...stage, lastPublishedAt: null }, [fine], []).text).toBe('healthy');
  });
});
