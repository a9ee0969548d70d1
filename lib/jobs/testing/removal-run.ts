import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import type { FaultPoint } from '../fault-point';
import { expectClean, expectDoneOnce, expectSignedSummary } from './invariants';
import { runToEnd } from './local-worker';
import { objectOf, ostree, type Pipeline, type Requested } from './pipeline';
import { removing } from './removal-plan';

/** The points of a removal, in order. Up to here nothing is to be seen; the last of them is past the commit point all the same. */
export const REMOVAL_BEFORE: readonly FaultPoint[] = [
  'claimed',
  'preflight-done',
  'candidate-written',
  'summary-signed',
  'signatures-journaled',
  'journal-written',
];
/** Those after them. */
export const REMOVAL_AFTER: readonly FaultPoint[] = [
  'publish-1',
  'publish-2',
  'publish-3',
  'published-journaled',
  'refs-intended',
  'refs-renamed',
  'probed',
  'recorded',
  'journal-removed',
];
/** Where what a removal left is deleted. */
export const RETIREMENT_POINTS: readonly FaultPoint[] = [
  'retirement-begun',
  'retiring',
  'retired',
  'retirement-recorded',
];

/** The ref that is removed: the last one. */
export function removedRef({ refs }: Pipeline): string {
  return refs.at(-1) ?? '';
}

/** What dev has is in production and published, and the removal of one ref is approved. */
export async function nextRemoval(pipeline: Pipeline): Promise<Requested> {
  const { headOf, source, target } = pipeline;
  const ref = removedRef(pipeline);
  if (headOf(target, ref) !== headOf(source, ref)) await runToEnd(pipeline, await pipeline.approve([ref]));
  return pipeline.approve([ref], removing(pipeline));
}

/** The ref is removed, once, on disk and on record, and what it led to waits to be deleted. */
export async function expectRemovedOnce(pipeline: Pipeline, requested: Requested): Promise<void> {
  const { db, refs, target } = pipeline;
  await expectDoneOnce(pipeline, requested, 5);
  expect(pipeline.headOf(target, removedRef(pipeline))).toBeNull();
  expect(await db.ledgerRef.count({ where: { stageId: target.id } })).toBe(refs.length - 1);
  expect(await db.retirement.count({ where: { promotionNumber: requested.number } })).toBe(1);
  const hold = { promotionNumber: requested.number, origin: 'removal', activeKey: { not: null } };
  expect(await db.hold.count({ where: hold })).toBe(1);
  expect(await db.auditEvent.count({ where: { kind: 'stage.differs' } })).toBe(0);
  expectClean(target);
  await expectSignedSummary(target);
}

/** A removal that is published, whose commits may be deleted now. */
export async function nextRetirement(pipeline: Pipeline): Promise<Requested> {
  const { db } = pipeline;
  const requested = await nextRemoval(pipeline);
  await runToEnd(pipeline, requested);
  await db.retirement.updateMany({ where: { state: 'waiting' }, data: { dueAt: new Date() } });
  return requested;
}

export async function isRetired({ db }: Pipeline, { number }: Requested): Promise<boolean> {
  return (await db.retirement.count({ where: { promotionNumber: number, state: 'done' } })) === 1;
}

/** What the removed ref led to is deleted, on record once, and the rest of the repository is whole. */
export async function expectRetiredOnce(pipeline: Pipeline, { number, plan }: Requested): Promise<void> {
  const { db, refs, source, target } = pipeline;
  const head = plan.refs[0]?.sourceChecksum ?? '';
  for (const rev of [head, `${head}^`]) {
    const commit = ostree('rev-parse', `--repo=${source.path}`, rev).trim();
    expect(existsSync(objectOf(target.path, commit, 'commit'))).toBe(false);
  }
  expectClean(target);
  expect(ostree('ls', '-R', `--repo=${target.path}`, refs[0] ?? '')).toContain('/etc/version');
  for (const kind of ['retirement.began', 'retirement.done']) {
    expect(await db.auditEvent.count({ where: { promotionNumber: number, kind } }), kind).toBe(1);
  }
  // Nothing is left of it, as far as `ostree` sees: only what came before Treeline's own files.
  const pruned = ostree('prune', `--repo=${target.path}`, '--refs-only', '--no-prune');
  expect(pruned).toMatch(/No unreachable objects/);
}
