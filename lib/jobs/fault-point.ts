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
  | 'cancelling'
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
  | 'journal-removed'
  | 'retirement-begun'
  | 'retiring'
  | 'retired'
  | 'retirement-recorded';

/** Dies here if a test asked for it, or stands still (`TREELINE_PAUSE`), once, until it is told to go on. */
export function faultPoint(name: FaultPoint): void {
  if (process.env.NODE_ENV !== 'test') return;
  if (process.env.TREELINE_FAULT === name) process.kill(process.pid, 'SIGKILL');
  if (process.env.TREELINE_PAUSE !== name) return;
  process.env.TREELINE_PAUSE = '';
  process.kill(process.pid, 'SIGSTOP');
}
