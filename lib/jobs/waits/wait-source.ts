import type { WaitDto } from '../../contracts/promotion';
import type { Reader } from '../../db/client';
import type { EdgeRow } from '../../db/edge';

/** Why a run does not begin now. */
export interface Wait {
  code: WaitDto['code'];
  /** A clause that names what is waited for, and by whose doing. */
  detail: string;
  /** When it is over; null where nobody can tell. */
  until: Date | null;
}

/** What of a promotion the sources look at. */
export interface WaitSubject {
  id: string;
  number: number;
  planJson: string;
  planChecksum: string;
  edge: EdgeRow;
}

/**
 * One reason to wait: what stops the run of `promotion` at `now`, by what `db` says then. Derived each time and never
 * stored. It is asked every few seconds and inside a transaction: a query or two, no file.
 */
export type WaitSource = (db: Reader, promotion: WaitSubject, now: Date) => Promise<Wait[]>;
