import { describe, expect, test } from 'vitest';
import type { Plan, StrandedDto } from '../contracts/promotion';
import type { StageFindings } from './check-plan';
import { checkRemoval, type RemovalFindings } from './check-removal';
import { whyNotOfKind } from './check-rollback';
import { whyNotKeep } from './retirement';

const stage: StageFindings = {
  kind: 'remove',
  from: 'production',
  to: 'production',
  mode: 'identity',
  requireSourceHead: false,
  versionCheck: 'off',
  fastForwardCheck: 'advisory',
  targetCollectionId: null,
  sourceHasKeys: true,
  targetHasSigningKey: true,
  sourceRepoMode: 'archive',
  targetRepoMode: 'archive',
  willLink: true,
  whyNoLink: null,
  hasAutoUpdateSummary: false,
  hasSummaryIndex: false,
  lostSignatures: [],
  driftedRefs: [],
};
const stranded: StrandedDto = {
  endOfLife: null,
  rebaseTo: null,
  isRebaseTargetThere: false,
  sameRefs: [],
  laterRefs: [],
  downstream: [],
  openFrom: [],
  deltas: 0,
  commits: 1,
  commitsKept: 0,
};
type Change = Partial<Omit<RemovalFindings, 'stranded'>> & { stranded?: Partial<StrandedDto> };
const check = (ref: Change, refsLeft = 1) =>
  checkRemoval(
    stage,
    [{ ref: 'os/x', alias: null, openPromotions: [], ...ref, stranded: { ...stranded, ...ref.stranded } }],
    { refsLeft },
  );
const said = (checks: ReturnType<typeof check>, code: string) => checks.find((each) => each.code === code);

describe('the checks of a removal', () => {
  test.each([
    [{}, 'warn', /get no more updates/],
    [{ endOfLife: 'bye' }, 'warn', /says that it ends \(“bye”\), and not where to go/],
    [{ rebaseTo: 'os/y' }, 'warn', /os\/y, which production does not have/],
    [{ rebaseTo: 'os/y', isRebaseTargetThere: true }, 'pass', /os\/y, which production has/],
  ] as const)('what the head says of its end: %j', (change, result, detail) => {
    expect(said(check({ stranded: change }), 'end-of-life')).toMatchObject({
      result,
      detail: expect.stringMatching(detail),
    });
  });

  test('what others lose is a warning, and an alias that would lead nowhere stops it', () => {
    const checks = check({
      alias: 'os/alias',
      openPromotions: [7],
      stranded: { downstream: [{ stage: 'mirror', ref: 'os/x' }], openFrom: [8] },
    });
    const results = Object.fromEntries(checks.map(({ code, result }) => [code, result]));
    expect(results).toMatchObject({
      downstream: 'warn',
      'open-from': 'warn',
      'open-promotion': 'warn',
      'ref-alias': 'fail',
    });
    expect(said(check({ alias: 'os/x' }), 'ref-alias')?.detail).toMatch(/is an alias/);
  });

  test('the last ref is named as such, and nothing is asked of a way between stages', () => {
    expect(said(check({}, 0), 'last-ref')?.result).toBe('warn');
    expect(said(check({}), 'last-ref')).toBeUndefined();
    for (const code of ['links', 'repo-modes', 'history', 'timestamp', 'ref-binding']) {
      expect(said(check({}), code), code).toBeUndefined();
    }
  });
});

const head = 'a'.repeat(64);
const planned = {
  sourceRef: 'os/x',
  targetRef: 'os/x',
  sourceChecksum: head,
  contentChecksum: 'c'.repeat(64),
  expectedChecksum: head,
  resultingChecksum: null,
  timestamp: null,
};
const kindOf = (
  kind: Plan['kind'],
  change: Partial<Plan['refs'][number]> = {},
  mode: Plan['mode'] = 'identity',
) => whyNotOfKind({ kind, mode, refs: [{ ...planned, ...change }] });

test.each([
  ['another commit', { resultingChecksum: head }, /become another commit, not go/],
  ['a time', { timestamp: 1 }, /become another commit, not go/],
  ['another source', { sourceRef: 'os/y' }, /stays within os\/x/],
  ['another head', { expectedChecksum: 'b'.repeat(64) }, /another commit than planned/],
  ['no head', { expectedChecksum: null }, /another commit than planned/],
  [
    'the metadata of a collection',
    { sourceRef: 'ostree-metadata', targetRef: 'ostree-metadata' },
    /it stays/,
  ],
])('a removal with %s is none', (_, change, why) => {
  expect(kindOf('remove')).toBeNull();
  expect(kindOf('remove', change)).toMatch(why);
});

test.each(['promote', 'reset'] as const)('%s takes no ref away', (kind) => {
  expect(kindOf(kind)).toMatch(/would be taken away, and the plan is no removal/);
  expect(kindOf('remove', {}, 'recommit')).toMatch(/has the mode identity/);
});

test.each([
  ['waiting', true, null],
  ['deleting', true, 'a worker has begun to delete it'],
  ['done', true, 'it is deleted already'],
  ['stopped', true, 'it is kept already'],
  ['waiting', false, 'only release managers and admins keep what is to be deleted'],
] as const)('what is %s can be kept: %s', (state, may, why) => {
  expect(whyNotKeep(state, may)?.why ?? null).toBe(why);
});
