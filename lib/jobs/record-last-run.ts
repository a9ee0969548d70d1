import type { Repo } from '../ostree/repo/open-repo';
import { writeDurableFile } from '../ostree/write/write-durable-file';
import { lastRunFile, serializeLastRun } from '../publish/last-run';
import type { Journal } from './journal';
import type { WorkerContext } from './worker-context';

/**
 * Notes in the target that the run of its journal is on record as done, before the journal goes. So the repository itself
 * can tell afterwards whether a database knows of all that was published into it.
 */
export async function recordLastRun({ db }: WorkerContext, target: Repo, journal: Journal): Promise<void> {
  const where = { promotionNumber: journal.promotionNumber, kind: 'run.published' };
  const event = await db.auditEvent.findFirst({ where, orderBy: { seq: 'desc' } });
  if (event === null) return;
  const bytes = serializeLastRun({
    version: 1,
    runId: journal.runId,
    promotionNumber: journal.promotionNumber,
    attempt: journal.attempt,
    // Of what was removed nothing is there to be compared.
    refs: journal.refs.flatMap(({ ref, to }) => (to === null ? [] : { ref, to })),
    eventSeq: event.seq,
    eventHash: event.hash,
    recordedAt: event.at.toISOString(),
  });
  writeDurableFile(target, lastRunFile, bytes, { mode: 0o644 });
}
