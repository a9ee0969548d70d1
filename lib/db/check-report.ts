import type { CheckState } from '../contracts/edge-checks';
import type { Reader, Transaction } from './client';
import type { CheckReport } from './generated/client';

export type CheckReportRow = Omit<CheckReport, 'state'> & { state: CheckState };

/** What was reported last of each check on one plan of a promotion. */
export async function findCheckReports(
  db: Reader,
  promotionId: string,
  planChecksum: string,
): Promise<CheckReportRow[]> {
  const rows = await db.checkReport.findMany({
    where: { promotionId, planChecksum },
    orderBy: { name: 'asc' },
  });
  return rows.map((row) => ({ ...row, state: stateOf(row.state) }));
}

/** What is none of the states counts as not passed. */
function stateOf(state: string): CheckState {
  return state === 'passed' || state === 'pending' ? state : 'failed';
}

/** Puts a report in the place of the one before it. */
export async function upsertCheckReport(tx: Transaction, row: CheckReportRow): Promise<void> {
  const { promotionId, planChecksum, name, ...rest } = row;
  await tx.checkReport.upsert({
    where: { promotionId_planChecksum_name: { promotionId, planChecksum, name } },
    create: row,
    update: rest,
  });
}
