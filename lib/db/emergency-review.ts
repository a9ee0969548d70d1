import type { Reader, Transaction } from './client';
import type { EmergencyReview } from './generated/client';
import { type FullPromotion, findFullPromotions } from './promotion';

export type EmergencyReviewRow = EmergencyReview;

const unreviewed = { isEmergency: true, reviewedAt: null, state: { in: ['running', 'published'] } };

/** Emergencies that are published, or under way, and whose review is not complete; oldest first. */
export function findUnreviewed(db: Reader): Promise<FullPromotion[]> {
  return findFullPromotions(db, unreviewed);
}

/** What of an emergency says until when it has to be reviewed. */
export interface UnreviewedEmergency {
  number: number;
  planJson: string;
  stageName: string;
  /** When the refs of its last run began to move. */
  committedAt: Date | null;
}

/** As `findUnreviewed`, with nothing of people: the worker does not get to see that. */
export async function findUnreviewedPlans(
  db: Reader,
  number: number | null = null,
): Promise<UnreviewedEmergency[]> {
  const rows = await db.promotion.findMany({
    where: { ...unreviewed, ...(number !== null && { number }) },
    select: {
      number: true,
      planJson: true,
      edge: { select: { to: { select: { name: true } } } },
      runs: { select: { committedAt: true }, orderBy: { attempt: 'desc' }, take: 1 },
    },
    orderBy: { number: 'asc' },
  });
  return rows.map(({ edge, runs, ...row }) => ({
    ...row,
    stageName: edge.to.name,
    committedAt: runs[0]?.committedAt ?? null,
  }));
}

export async function insertEmergencyReview(tx: Transaction, row: EmergencyReviewRow): Promise<void> {
  await tx.emergencyReview.create({ data: row });
}

/** Notes that as many have reviewed it as have to. */
export async function noteReviewed(tx: Transaction, promotionId: string, at: Date): Promise<void> {
  await tx.promotion.update({ where: { id: promotionId }, data: { reviewedAt: at } });
}

/** The groups of the rules that the giver of a review could satisfy, from their stored JSON text. */
export function reviewGroups({ groupsJson }: Pick<EmergencyReviewRow, 'groupsJson'>): (string | null)[] {
  return JSON.parse(groupsJson) as (string | null)[];
}
