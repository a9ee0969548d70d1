import { expect } from 'vitest';
import type { FaultPoint } from '../fault-point';
import { ostree, type Pipeline, type Requested } from './pipeline';
import { rollingBack } from './rollback-plan';

/** Points of a rollback after the first rename of a ref. In between it is published as anything else is. */
export const ROLLBACK_AFTER: readonly FaultPoint[] = [
  'refs-renamed',
  'refs-journaled',
  'probed',
  'recorded',
  'journal-removed',
];

/** A rollback of every ref, approved. */
export function nextRollback(pipeline: Pipeline, kind: 'roll-forward' | 'reset'): Promise<Requested> {
  const to = kind === 'reset' ? formerHeads(pipeline) : {};
  return pipeline.approve(pipeline.refs, rollingBack(pipeline, kind, to));
}

/** Where each ref was before it was where it is now: there and back again, as often as it takes. */
function formerHeads({ refs, source, target, headOf }: Pipeline): Record<string, string> {
  return Object.fromEntries(
    refs.map((ref) => {
      const revs = [ref, `${ref}^`].map((rev) => ostree('rev-parse', `--repo=${source.path}`, rev).trim());
      const head = headOf(target, ref);
      return [ref, revs.find((rev) => rev !== head) ?? ''];
    }),
  );
}

/** Each ref is held, once, so that the next promotion does not undo the rollback. */
export async function expectHeld({ db, refs }: Pipeline, { number }: Requested): Promise<void> {
  const of = { promotionNumber: number, scope: 'every', origin: 'rollback', activeKey: { not: null } };
  expect(await db.hold.count({ where: of })).toBe(refs.length);
  const kind = { promotionNumber: number, kind: 'hold.set' };
  expect(await db.auditEvent.count({ where: kind })).toBe(refs.length);
}
