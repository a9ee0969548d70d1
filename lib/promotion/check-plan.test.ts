import { expect, test } from 'vitest';
import { checkPlan, type RefFindings, type StageFindings } from './check-plan';

const stages: StageFindings = {
  kind: 'promote',
  from: 'dev',
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
const ref: RefFindings = {
  sourceRef: 'os/main',
  targetRef: 'os/main',
  source: {
    checksum: 'a'.repeat(64),
    timestamp: 200,
    version: '7.10',
    refBindings: ['os/main'],
    collectionBinding: null,
    state: 'complete',
    isHead: true,
    isNewest: true,
    isTrusted: true,
    hasSignatures: true,
  },
  target: { checksum: 'b'.repeat(64), timestamp: 100, version: '7.9' },
  isDescendant: true,
  conflictingRef: null,
  openPromotions: [],
};

/** `code: result` of all checks that are not passed. */
function troubles(stage: Partial<StageFindings>, each: Partial<RefFindings> = {}): string[] {
  return checkPlan({ ...stages, ...stage }, [{ ...ref, ...each }])
    .filter((check) => check.result !== 'pass')
    .map((check) => `${check.code}: ${check.result}`);
}
const source = (change: Partial<RefFindings['source']>) => ({ source: { ...ref.source, ...change } });

test('a plan with nothing against it passes every check, each with a reason', () => {
  expect(troubles({})).toEqual([]);
  for (const check of checkPlan(stages, [ref])) expect(check.detail).not.toBe('');
});

test.each<[string, Partial<StageFindings>, Partial<RefFindings>, string[]]>([
  ['other modes', { targetRepoMode: 'bare' }, {}, ['repo-modes: warn']],
  ['a ref that somebody else changed', { driftedRefs: ['os/other'] }, {}, ['target-unchanged: fail']],
  [
    'a key that is not held',
    { lostSignatures: [{ on: 'the summary', type: 'gpg', keyId: 'AB' }] },
    {},
    ['keys: fail'],
  ],
  ['no key at all', { targetHasSigningKey: false }, {}, ['keys: warn']],
  ['copies', { willLink: false, whyNoLink: 'other disk' }, {}, ['links: warn']],
  ['a source without keys', { sourceHasKeys: false }, {}, ['source-keys: warn']],
  ['auto-update-summary', { hasAutoUpdateSummary: true }, {}, ['auto-summary: fail']],
  ['flatpak', { hasSummaryIndex: true }, {}, ['summary-index: fail']],
  ['a partial commit', {}, source({ state: 'partial' }), ['commit-complete: fail']],
  ['a missing commit', {}, source({ state: 'absent' }), ['commit-complete: fail']],
  ['another ref binding', {}, source({ refBindings: ['os/dev'] }), ['ref-binding: fail']],
  ['no ref in the binding', {}, source({ refBindings: [] }), ['ref-binding: fail']],
  [
    'another collection',
    { targetCollectionId: 'org.x.P' },
    source({ collectionBinding: 'org.x.D' }),
    ['ref-binding: fail'],
  ],
  ['no collection', { targetCollectionId: 'org.x.P' }, {}, ['ref-binding: fail']],
  ['no binding at all', {}, source({ refBindings: null }), []],
  ['a rollback', {}, source({ timestamp: 99 }), ['timestamp: fail']],
  ['the same time', {}, source({ timestamp: 100 }), ['timestamp: warn']],
  ['another history', {}, { isDescendant: false }, ['history: warn', 'older-choice: warn']],
  [
    'another history where it has to follow',
    { fastForwardCheck: 'required' },
    { isDescendant: false },
    ['history: fail'],
  ],
  ['another history where nobody asks', { fastForwardCheck: 'off' }, { isDescendant: false }, []],
  ['a later version', { versionCheck: 'required' }, {}, []],
  ['an earlier version', { versionCheck: 'required' }, source({ version: '7.8' }), ['version: fail']],
  [
    'an earlier version, by advice',
    { versionCheck: 'advisory' },
    source({ version: '7.8' }),
    ['version: warn'],
  ],
  ['an earlier version where nobody asks', {}, source({ version: '7.8' }), []],
  ['the same version', { versionCheck: 'required' }, source({ version: '7.09' }), ['version: fail']],
  ['no version after one', { versionCheck: 'required' }, source({ version: null }), ['version: fail']],
  [
    'a version after none',
    { versionCheck: 'required' },
    { target: { checksum: 'b'.repeat(64), timestamp: 100, version: null } },
    [],
  ],
  ['a new ref', {}, { target: null, isDescendant: true }, []],
  ['no signature', {}, source({ isTrusted: false, hasSignatures: false }), ['source-signature: fail']],
  ['a stranger’s signature', {}, source({ isTrusted: false }), ['source-signature: fail']],
  ['an older commit', {}, source({ isHead: false }), []],
  [
    'an older commit where the head is asked for',
    { requireSourceHead: true },
    source({ isHead: false }),
    ['source-head: fail'],
  ],
  ['a ref in the way', {}, { conflictingRef: 'os' }, ['ref-conflict: fail']],
  ['another promotion', {}, { openPromotions: [7] }, ['open-promotion: warn']],
])('%s', (_, stage, each, wanted) => {
  expect(troubles(stage, each)).toEqual(wanted);
});

test('a commit that is made anew is bound and dated as it must be', () => {
  const recommit = { mode: 'recommit' as const, targetCollectionId: 'org.x.P' };
  expect(troubles(recommit, source({ refBindings: ['os/dev'], timestamp: 1 }))).toEqual([]);
});
