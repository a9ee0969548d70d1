import { describe, expect, it } from 'vitest';
import type { RuleStateDto } from '@/lib/contracts/policy';
import type { ApprovalDto, CheckDto, RunStepDto } from '@/lib/contracts/promotion';
import { promotionStateSchema } from '@/lib/contracts/promotion';
import { asSentence } from '../ui/as-sentence';
import { groupChecks } from './group-checks';
import { packageGroups, summarisePackages } from './package-groups';
import { parsePromotionTab, promotionTabHref, promotionTabs } from './promotion-tabs';
import { isOpen, stateTone } from './state-tone';
import { stepText } from './step-text';
import { summariseApprovals } from './summarise-approvals';

const sum = (digit: string) => digit.repeat(64);

describe('stateTone', () => {
  it('is green for a published promotion alone', () => {
    const green = promotionStateSchema.options.filter((state) => stateTone(state) === 'ok');
    expect(green).toEqual(['published']);
  });
  it('knows what may still change by itself', () => {
    expect(promotionStateSchema.options.filter(isOpen)).toEqual(['requested', 'approved', 'running']);
  });
});

describe('summariseApprovals', () => {
  const rule = (part: Partial<RuleStateDto>): RuleStateDto => ({
    group: null,
    required: 2,
    isSatisfied: false,
    by: [],
    mayStill: ['one', 'two'],
    mayStillCount: 2,
    ...part,
  });
  const rejection: ApprovalDto = {
    id: 'no',
    reviewer: 'one',
    decision: 'reject',
    planChecksum: sum('a'),
    isVoid: false,
    voided: null,
    expiresAt: null,
    comment: '',
    createdAt: '2026-11-02T10:00:00.000Z',
  };
  const summary = (rules: RuleStateDto[], approvals: ApprovalDto[] = []) =>
    summariseApprovals({ rules, approvals, state: 'requested', planChecksum: sum('a') });

  it('counts what satisfies rules', () => {
    expect(summary([rule({ by: ['one'] })])).toEqual({
      tone: 'wait',
      text: '1 of 2',
      missing: 'One reviewer must still approve.',
    });
    expect(summary([rule({ by: ['one', 'two'], isSatisfied: true })]).tone).toBe('ok');
  });
  it('names the groups that are still missing', () => {
    const rules = [
      rule({ group: 'release', required: 1, by: ['one'], isSatisfied: true }),
      rule({ group: 'security', required: 1 }),
      rule({ group: 'legal', required: 2 }),
    ];
    expect(summary(rules)).toMatchObject({
      text: 'needs security + legal',
      missing: 'One of security and two of legal must still approve.',
    });
  });
  it('says where nobody is left who could', () => {
    expect(summary([rule({ required: 1, mayStillCount: 0 })]).missing).toContain('not that many who may');
  });
  it('says that it was rejected, whoever approved before, and not for another plan', () => {
    expect(summary([rule({ by: ['one'] })], [rejection]).text).toBe('rejected');
    expect(summary([rule({})], [{ ...rejection, planChecksum: sum('b') }]).text).toBe('0 of 2');
  });
});

describe('stepText', () => {
  const step = (part: Partial<RunStepDto>): RunStepDto => ({
    name: 'pull',
    state: 'done',
    startedAt: '2026-11-02T10:00:00.000Z',
    endedAt: '2026-11-02T10:00:00.310Z',
    lines: [],
    fraction: null,
    error: null,
    ...part,
  });
  const now = Date.parse('2026-11-02T10:00:05.000Z');

  it.each([
    [{}, '0.31 s'],
    [{ state: 'waiting', startedAt: null, endedAt: null }, ''],
    [{ state: 'running', endedAt: null, fraction: 0.619 }, '61%'],
    [{ state: 'running', endedAt: null }, '5.00 s'],
    [{ state: 'retrying' }, 'retrying'],
    [{ state: 'failed' }, '0.31 s'],
    [{ state: 'failed', endedAt: null }, 'failed'],
  ] as const)('%j reads as %j', (part, text) => {
    expect(stepText(step(part), now)).toBe(text);
  });
});

describe('packageGroups', () => {
  const row = { name: 'openssl', fromVersion: '3.0.16-1', toVersion: '3.0.17-1' };
  const comparison = (targetRef: string, packages: (typeof row)[] | null) => ({
    targetRef,
    data: {
      from: null,
      to: {
        checksum: sum('1'),
        parent: null,
        timestamp: '2026-11-02T10:00:00.000Z',
        subject: '',
        version: null,
        signatures: [],
        standsOn: [],
      },
      counts: { added: 0, removed: 0, modified: 0 },
      sizeChange: '0',
      rows: [],
      isTruncated: false,
      packages,
    },
  });

  it('puts refs together whose packages change alike', () => {
    const groups = packageGroups([comparison('a', [row]), comparison('b', null), comparison('c', [row])]);
    expect(groups).toEqual([
      { refs: ['a', 'c'], rows: [row] },
      { refs: ['b'], rows: null },
    ]);
  });
  it('sums up what happens', () => {
    expect(
      summarisePackages([row, { ...row, fromVersion: null }, { ...row, toVersion: null }] as (typeof row)[]),
    ).toBe('1 changed, 1 added, 1 removed');
    expect(summarisePackages([])).toBe('none changes');
  });
});

describe('the tabs of a promotion', () => {
  it('have addresses that lead back to them', () => {
    for (const tab of promotionTabs) {
      const url = new URL(promotionTabHref(42, tab), 'http://localhost');
      expect(parsePromotionTab(url.searchParams.get('tab') ?? undefined)).toBe(tab);
    }
    expect(parsePromotionTab('nonsense')).toBe('plan');
  });
});

describe('groupChecks', () => {
  const check = (part: Partial<CheckDto>): CheckDto => ({
    code: 'bindings',
    title: 'Bound',
    result: 'pass',
    detail: 'bound',
    ref: null,
    ...part,
  });

  it('says once what holds for several refs, each different detail apart', () => {
    const groups = groupChecks([
      check({ ref: 'a' }),
      check({ ref: 'b' }),
      check({ ref: 'c', detail: 'bound otherwise' }),
    ]);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      refCount: 3,
      parts: [
        { detail: 'bound', refs: ['a', 'b'] },
        { detail: 'bound otherwise', refs: ['c'] },
      ],
    });
  });

  it('never hides a failure among passes of the same check', () => {
    const groups = groupChecks([
      check({ ref: 'a' }),
      check({ ref: 'b', result: 'fail' }),
      check({ result: 'warn' }),
    ]);
    expect(groups.map((group) => group.result)).toEqual(['fail', 'warn', 'pass']);
  });
});

it('makes a sentence of a message', () => {
  expect(asSentence('only reviewers decide')).toBe('Only reviewers decide.');
  expect(asSentence('Done!')).toBe('Done!');
  expect(asSentence('os/amd64/stable moved')).toBe('os/amd64/stable moved.');
  expect(asSentence('/srv/dev is no repository')).toBe('/srv/dev is no repository.');
  expect(asSentence(' ')).toBe('');
});
