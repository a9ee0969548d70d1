import { expect, test } from 'vitest';
import type { Plan, PlanFacts } from '../contracts/promotion';
import { stateTextOf, titleOf } from './describe-promotion';

const plan = (refs: string[]) =>
  ({
    kind: 'promote',
    edge: { id: 'e', from: 'dev', to: 'production' },
    refs: refs.map((targetRef) => ({ targetRef })),
  }) as Plan;
const facts = (versions: (string | null)[]) =>
  ({ refs: versions.map((toVersion) => ({ toVersion })) }) as PlanFacts;

test.each([
  [['os/a'], ['7.4.1'], '7.4.1 to production'],
  [['os/a', 'os/b'], ['7.4.1', '7.4.1'], '7.4.1 to production'],
  [['os/a', 'os/b'], ['7.4.1', '7.4.2'], '7.4.1, 7.4.2 to production'],
  [['os/a'], [null], 'os/a to production'],
  [['os/a', 'os/b'], [null, '1'], '2 refs to production'],
])('%j at %j is called %s', (refs, versions, title) => {
  expect(titleOf(plan(refs), facts(versions))).toBe(title);
});

const base = { approvals: 1, approvalsRequired: 2, supersededBy: null, waits: [], run: null };
const run = (
  step: { name: string; state: string; fraction: number | null } | null,
  errorMessage: string | null = null,
) => ({
  ...base,
  run: { state: 'running', errorMessage, isBeingCancelled: false, step },
});

test('the pill says what a person wants to know', () => {
  expect(stateTextOf({ ...base, state: 'requested' })).toBe('1 of 2 approvals');
  expect(stateTextOf({ ...base, approvalsRequired: 1, state: 'requested' })).toBe('1 of 1 approval');
  expect(stateTextOf({ ...base, state: 'approved' })).toBe('queued');
  const waits = [{ code: 'scheduled' as const, detail: 'it is scheduled', until: null }];
  expect(stateTextOf({ ...base, waits, state: 'approved' })).toBe('waits: scheduled');
  expect(stateTextOf({ ...base, waits, state: 'requested' })).toBe('1 of 2 approvals');
  expect(stateTextOf({ ...base, state: 'running' })).toBe('running');
  expect(stateTextOf({ ...run({ name: 'pull', state: 'running', fraction: 0.617 }), state: 'running' })).toBe(
    'pull 61%',
  );
  expect(stateTextOf({ ...run({ name: 'probe', state: 'running', fraction: null }), state: 'running' })).toBe(
    'probe',
  );
  expect(stateTextOf({ ...run({ name: 'publish', state: 'retrying', fraction: 1 }), state: 'running' })).toBe(
    'publish: trying again',
  );
  expect(stateTextOf({ ...run(null, 'the target moved; plan anew'), state: 'stale' })).toBe(
    'stale: the target moved',
  );
  expect(stateTextOf({ ...run(null, 'x'.repeat(300)), state: 'failed' })).toHaveLength(88);
  expect(stateTextOf({ ...run(null), state: 'failed' })).toBe('failed');
  const stopping = run({ name: 'pull', state: 'running', fraction: 0.617 });
  expect(
    stateTextOf({ ...stopping, run: { ...stopping.run, isBeingCancelled: true }, state: 'running' }),
  ).toBe('being cancelled');
  expect(stateTextOf({ ...base, state: 'cancelled' })).toBe('cancelled');
  expect(stateTextOf({ ...base, supersededBy: 45, state: 'superseded' })).toBe('superseded by #45');
  expect(stateTextOf({ ...base, state: 'published' })).toBe('published');
});
