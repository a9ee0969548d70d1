import type { Plan } from '../contracts/promotion';
import type { Reader } from '../db/client';
import { readEligibility } from '../db/group';
import { AppError } from '../errors';
import { whyNotOfKind } from '../promotion/check-rollback';
import { CLOCK_TOLERANCE_SECONDS } from '../promotion/judge-approvals';
import { proveApproval } from '../promotion/prove-approval';

/** A run that may change its target stage, with the plan that was approved for it. */
export interface ApprovedRun {
  runId: string;
  promotionNumber: number;
  plan: Plan;
  planChecksum: string;
  stage: {
    id: string;
    name: string;
    repoPath: string;
    repoDev: string;
    repoIno: string;
    collectionId: string | null;
    /** Keys the stage signs with now. */
    signKeys: { type: 'ed25519' | 'gpg'; keyId: string; publicKey: string }[];
  };
}

/**
 * Reads a run and proves from the rows themselves that it is under way, leads to the stage, and that enough distinct
 * people of the groups that its plan names, none of them the requester, approved exactly that plan. Nothing that a row
 * claims about itself (a state, a checksum) is taken without its proof where there is one. The approvals have to hold
 * now; those of a run that has begun to rename refs had to when it did.
 *
 * @throws AppError `signer-refused`
 */
export async function readApprovedRun(
  db: Reader,
  of: { stageId: string; runId: string; now: Date },
): Promise<ApprovedRun> {
  const run = await db.run.findUnique({
    where: { id: of.runId },
    include: {
      promotion: {
        include: {
          approvals: { include: { voided: true } },
          edge: { include: { to: { include: { keys: true } }, from: true } },
        },
      },
    },
  });
  if (!run) throw refused('there is no such run');
  const { promotion } = run;
  const { edge } = promotion;
  const name = `promotion #${promotion.number}`;
  if (edge.toStageId !== of.stageId) throw refused(`${name} does not lead to this stage`);
  if (run.state !== 'running' || promotion.state !== 'running') throw refused(`${name} is not running`);
  const eligibility = run.committedAt === null ? await readEligibility(db, edge.toStageId) : null;
  const at = run.committedAt ?? of.now;
  if (at.getTime() > of.now.getTime() + CLOCK_TOLERANCE_SECONDS * 1000) {
    throw refused(`${name} says that it began in the future`);
  }
  const { plan, why } = proveApproval(promotion, {
    at,
    eligibility,
    toleranceSeconds: CLOCK_TOLERANCE_SECONDS,
  });
  if (plan === null) throw refused(`${name}: ${why}`);
  if (plan.edge.id !== edge.id || plan.edge.to !== edge.to.name || plan.edge.from !== edge.from.name) {
    throw refused(`the plan of ${name} is for another edge`);
  }
  const whyNot = whyNotOfKind(plan);
  if (whyNot !== null) throw refused(`${name}: ${whyNot}`);
  return {
    runId: run.id,
    promotionNumber: promotion.number,
    plan,
    planChecksum: promotion.planChecksum,
    stage: {
      id: edge.to.id,
      name: edge.to.name,
      repoPath: edge.to.repoPath,
      repoDev: edge.to.repoDev,
      repoIno: edge.to.repoIno,
      collectionId: edge.to.collectionId,
      signKeys: edge.to.keys.filter((key) => key.purpose === 'sign' && key.retiredAt === null).map(signKeyOf),
    },
  };
}

function signKeyOf(key: { type: string; keyId: string; publicKey: string }) {
  if (key.type !== 'ed25519' && key.type !== 'gpg')
    throw refused(`the stage has a key of the kind ${key.type}`);
  return { type: key.type, keyId: key.keyId, publicKey: key.publicKey } as const;
}

function refused(what: string): AppError {
  return new AppError('signer-refused', `the signer refuses: ${what}`);
}
