import { isRemoval } from '../../contracts/promotion';
import { reindexDeltas } from '../../ostree/write/reindex-deltas';
import { publishToLocalDirectory } from '../../publish/local-directory';
import { assertHeads } from '../assert-heads';
import { type FaultPoint, faultPoint } from '../fault-point';
import { writeJournal } from '../journal';
import { assertFenced } from '../open-source';
import type { RunScope } from '../run-scope';
import { readPublication } from './summary';
import { goForward, recheck } from './update-refs';

const faultAt = {
  overlap: 'publish-1',
  summary: 'publish-2',
  signature: 'publish-3',
} as const satisfies Record<string, FaultPoint>;

/**
 * Replaces the served summary and its signatures by those in the journal. From the moment that the first file may be
 * replaced, whoever takes the run up publishes exactly these. Where refs are removed this is the commit point.
 *
 * @throws AppError `target-damaged`; as the publish target; before the commit point as `recheck`
 */
export async function publish(scope: RunScope): Promise<void> {
  const { recorder, target, to, journal } = scope;
  if (!journal) throw new Error('nothing is published without a journal');
  if (journal.phase === 'published') {
    recorder.line('nothing to publish');
    return;
  }
  const { bytes, signatures } = readPublication(scope);
  if (!scope.isForward) {
    await recheck(scope);
    assertHeads(scope);
  }
  assertFenced(scope);
  scope.journal = { ...journal, phase: 'publishing' };
  writeJournal(target, scope.journal);
  if (!scope.isForward) {
    faultPoint('journal-written');
    goForward(scope);
  }
  if (isRemoval(scope.plan)) reindexDeltas(target);
  if (to.overlapSeconds > 0) recorder.line(`signatures of both summaries for ${to.overlapSeconds} s`);
  await publishToLocalDirectory(target, {
    summary: bytes,
    signatures,
    overlapSeconds: to.overlapSeconds,
    ed25519PublicKeys: to.keys.filter((key) => key.type === 'ed25519').map((key) => key.publicKey),
    onPhase: (phase) => faultPoint(faultAt[phase]),
    assertMayReplace: () => assertFenced(scope),
    signal: scope.signal,
  });
  assertFenced(scope);
  scope.journal = { ...journal, phase: 'published' };
  writeJournal(target, scope.journal);
  faultPoint('published-journaled');
  recorder.line(`published in ${to.repoPath}`);
}
