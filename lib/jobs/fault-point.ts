/**
 * Where a test may end the process as a power cut would: `TREELINE_FAULT` names one of these points, and counts only
 * where NODE_ENV is `test`. Everywhere else this does nothing.
 */
export type FaultPoint =
  | 'claimed'
  | 'preflight-done'
  | 'pull-done'
  | 'verify-done'
  | 'commits-signed'
  | 'refs-intended'
  | 'journal-written'
  | 'refs-renamed'
  | 'refs-journaled'
  | 'candidate-written'
  | 'summary-signed'
  | 'signatures-journaled'
  | 'publish-1'
  | 'publish-2'
  | 'publish-3'
  | 'published-journaled'
  | 'probed'
  | 'recorded'
  | 'journal-removed';

/** Dies here if a test asked for it. */
export function faultPoint(name: FaultPoint): void {
  if (process.env.NODE_ENV !== 'test' || process.env.TREELINE_FAULT !== name) return;
  process.kill(process.pid, 'SIGKILL');
}
