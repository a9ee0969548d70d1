import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { inTransaction } from '../db/client';
import { hasRunUnderWay } from '../db/run';
import { deleteLedgerRef, findLedger, upsertLedgerRef } from '../db/stage';
import { AppError } from '../errors';
import { listRefs } from '../ostree';
import { parseInput } from './parse-input';
import { withRepositories } from './repositories';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';

const adoptSchema = z.strictObject({ refs: z.array(z.string().min(1).max(1024)).max(1000).optional() });

/**
 * Accepts refs as they are now: the ones named, else all that differ from what Treeline put there or adopted before.
 * A ref that is gone from the repository is forgotten.
 *
 * @returns how many refs were adopted or forgotten
 * @throws AppError `not-found`; `conflict` while a run changes the stage; `ostree/repo-moved` and the like
 */
export async function adoptStageRefs(
  ctx: ServiceContext,
  actor: Actor,
  input: { stage: string; refs?: string[] },
): Promise<{ adopted: number }> {
  authorise(actor, 'settings.write');
  const { stage: name, ...rest } = input;
  const { refs: chosen } = parseInput(adoptSchema, rest);
  const stage = await requireStage(ctx.db, name);
  const at = ctx.clock.now();
  const present = await withRepositories(async (repos) => listRefs(repos.open(stage)));
  return inTransaction(ctx.db, async (tx) => {
    if (await hasRunUnderWay(tx, stage.id)) {
      throw new AppError('conflict', `a run is changing ${name}; wait until it has ended`);
    }
    const ledger = new Map((await findLedger(tx, stage.id)).map((row) => [row.ref, row.checksum]));
    const now = new Map(present.map((entry) => [entry.ref, entry.checksum as string]));
    const refs = [...new Set([...ledger.keys(), ...now.keys()])]
      .filter((ref) => ledger.get(ref) !== now.get(ref) && (chosen?.includes(ref) ?? true))
      .sort()
      .map((ref) => ({ ref, from: ledger.get(ref) ?? null, to: now.get(ref) ?? null }));
    for (const { ref, to } of refs) {
      if (to === null) await deleteLedgerRef(tx, stage.id, ref);
      else {
        const row = { id: randomUUID(), stageId: stage.id, ref, checksum: to, recordedAt: at };
        await upsertLedgerRef(tx, { ...row, origin: 'adopted', promotionNumber: null });
      }
    }
    if (refs.length > 0) {
      const actedBy = auditActorOf(actor);
      await recordAudit(tx, { kind: 'stage.refs-adopted', at, actor: actedBy, stage: name, data: { refs } });
    }
    return { adopted: refs.length };
  });
}
