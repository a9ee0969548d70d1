import { recordAudit } from '../audit/record-audit';
import type { Clock } from '../clock';
import { type Database, inTransaction, isUniqueViolation, type Reader } from '../db/client';
import type { EdgeRow } from '../db/edge';
import type { StageWithKeys } from '../db/stage';
import type { ApprovalRows } from '../promotion/prove-approval';

/** How long a claim holds without a sign of life, and how often one is given, in milliseconds. */
export const leaseMilliseconds = 10_000;
export const heartbeatMilliseconds = 3_000;

/** A run that a worker could take up, with all that it needs to know of the database. */
export interface RunCandidate {
  id: string;
  attempt: number;
  state: string;
  fencingToken: number;
  createdAt: Date;
  startedAt: Date | null;
  /** When its approvals were checked right before a ref was renamed; null where it never got there. */
  committedAt: Date | null;
  leaseExpiresAt: Date | null;
  /** Set while it waits to be tried again past its commit point. */
  retryAt: Date | null;
  steps: { name: string; state: string }[];
  promotion: ApprovalRows & {
    id: string;
    number: number;
    reason: string;
    edge: EdgeRow & { from: StageWithKeys; to: StageWithKeys };
  };
}

const withAll = {
  steps: { select: { name: true, state: true } },
  promotion: {
    include: {
      approvals: { include: { voided: true } },
      edge: { include: { from: { include: { keys: true } }, to: { include: { keys: true } } } },
    },
  },
};

/**
 * Runs that are for a worker to take up, the ones that were under way first: they hold up their target. Of those that are
 * queued emergencies come first.
 * @param except ids of queued runs that are left out, so that they crowd out no other
 */
export async function findCandidates(
  db: Reader,
  now: Date,
  except: readonly string[] = [],
): Promise<RunCandidate[]> {
  const isDue = { OR: [{ retryAt: null }, { retryAt: { lte: now } }] };
  const running = await db.run.findMany({
    where: { state: 'running', ...isDue },
    orderBy: { createdAt: 'asc' },
    include: withAll,
  });
  const queued = await db.run.findMany({
    where: { state: 'queued', id: { notIn: [...except] }, ...isDue },
    orderBy: [{ promotion: { isEmergency: 'desc' } }, { createdAt: 'asc' }],
    include: withAll,
    take: 100,
  });
  return [...running, ...queued];
}

export interface ClaimInput {
  candidate: RunCandidate;
  workerName: string;
  clock: Clock;
}

/**
 * Takes the run up, in one guarded transaction: it is still as the candidate was read, and nobody else runs into the
 * same stage. The fencing token goes up: whoever had the run before can't record anything any more.
 *
 * @returns the new fencing token; null where somebody else was first
 */
export async function claimRun(
  db: Database,
  { candidate, workerName, clock }: ClaimInput,
): Promise<number | null> {
  const now = clock.now();
  const { promotion } = candidate;
  const fencingToken = candidate.fencingToken + 1;
  try {
    return await inTransaction(db, async (tx) => {
      const { count } = await tx.run.updateMany({
        where: { id: candidate.id, state: candidate.state, fencingToken: candidate.fencingToken },
        data: {
          state: 'running',
          activeKey: promotion.edge.toStageId,
          leaseOwner: workerName,
          leaseExpiresAt: new Date(now.getTime() + leaseMilliseconds),
          fencingToken,
          startedAt: candidate.startedAt ?? now,
          retryAt: null,
        },
      });
      if (count !== 1) return null;
      const moved = await tx.promotion.updateMany({
        where: { id: promotion.id, state: { in: ['approved', 'running'] } },
        data: { state: 'running' },
      });
      // Withdrawn or overtaken meanwhile: nothing of this transaction may stay.
      if (moved.count !== 1) throw new NotClaimable();
      // A retry goes on with what was claimed before; it would only flood the log.
      if (candidate.retryAt === null) {
        await recordAudit(tx, {
          kind: 'run.claimed',
          at: now,
          actor: { id: null, name: 'worker' },
          stage: promotion.edge.to.name,
          promotion: promotion.number,
          data: { attempt: candidate.attempt, worker: workerName, fencingToken },
        });
      }
      return fencingToken;
    });
  } catch (error) {
    if (error instanceof NotClaimable || isUniqueViolation(error)) return null;
    throw error;
  }
}

class NotClaimable extends Error {}
