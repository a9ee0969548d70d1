import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { verifyChain } from '../../audit/verify-chain';
import { readAuditEvents } from '../../db/audit-event';
import { parseSignatureSet } from '../../ostree/format/signatures';
import { parseSummary } from '../../ostree/format/summary';
import { listRefs } from '../../ostree/repo/list-refs';
import { openRepo } from '../../ostree/repo/open-repo';
import { verifyEd25519 } from '../../ostree/sign/ed25519';
import { openGpgKeyring } from '../../ostree/sign/gpg';
import { tryLockProduct, tryLockRepo } from '../../ostree/write/lock';
import { ostree, type Pipeline, type Requested, type Stage } from './pipeline';

/** What a target looks like to anybody else: each ref, and the summary with its signatures. */
export function lookAt(stage: Stage): { refs: string; summary: string; signature: string } {
  const read = (name: string) => {
    try {
      return readFileSync(join(stage.path, name)).toString('hex');
    } catch {
      return 'absent';
    }
  };
  const repo = openRepo(stage.path);
  try {
    const refs = listRefs(repo).map(({ ref, checksum }) => `${ref}\t${checksum}`);
    return { refs: refs.join('\n'), summary: read('summary'), signature: read('summary.sig') };
  } finally {
    repo.close();
  }
}

/** Nothing is left behind in the target: no journal, no temporary file, no partial mark, no lock; and fsck is clean. */
export function expectClean(stage: Stage): void {
  expect(ostree('fsck', '--quiet', `--repo=${stage.path}`)).not.toMatch(/partial/);
  expect(readdirSync(stage.path)).not.toContain('.treeline-journal');
  expect(readdirSync(join(stage.path, 'tmp')).filter((name) => name !== 'cache')).toEqual([]);
  expect(readdirSync(join(stage.path, 'state'))).toEqual([]);
  expect(ostree('refs', `--repo=${stage.path}`)).not.toMatch(/tmp\./);
  const repo = openRepo(stage.path);
  try {
    for (const lock of [tryLockProduct(repo), tryLockRepo(repo, 'exclusive')]) {
      expect(lock).not.toBeNull();
      lock?.release();
    }
  } finally {
    repo.close();
  }
}

/** The summary in place is signed by every key of the stage and by nobody else, and lists exactly the refs there are. */
export async function expectSignedSummary(stage: Stage): Promise<void> {
  const bytes = readFileSync(join(stage.path, 'summary'));
  const set = parseSignatureSet(readFileSync(join(stage.path, 'summary.sig')));
  const { ed25519, gpg, gpgFingerprint } = stage.publicKeys;
  expect(set.ed25519).toHaveLength(ed25519 ? 1 : 0);
  expect(set.gpg).toHaveLength(gpg ? 1 : 0);
  for (const blob of set.ed25519) {
    expect(verifyEd25519(Buffer.from(ed25519 as string, 'base64'), bytes, blob)).toBe(true);
  }
  if (gpg) {
    const keyring = await openGpgKeyring([Buffer.from(gpg)]);
    expect(await keyring.verify(bytes, set.gpg)).toEqual([{ key: gpgFingerprint, state: 'valid' }]);
    keyring.close();
  }
  const listed = parseSummary(bytes).refs.map(({ ref, checksum }) => `${ref}\t${checksum}`);
  expect(listed.join('\n')).toBe(lookAt(stage).refs);
  ostree('summary', '-v', `--repo=${stage.path}`);
}

/** How often the promotion came to an end, and that nobody tampered with what is on record. */
export async function terminalEvents({ db }: Pipeline, { number }: Requested): Promise<string[]> {
  const chain = await verifyChain(readAuditEvents(db));
  expect(chain.isIntact).toBe(true);
  const kinds = ['run.published', 'run.failed', 'run.stale', 'run.cancelled'];
  const events = await db.auditEvent.findMany({ where: { promotionNumber: number, kind: { in: kinds } } });
  return events.map((event) => event.kind);
}

/** The run of the promotion was the only one, came to its end once, and each of its steps is on record as done. */
export async function expectDoneOnce(
  pipeline: Pipeline,
  requested: Requested,
  stepCount: number,
): Promise<void> {
  const promotion = await pipeline.db.promotion.findUniqueOrThrow({
    where: { id: requested.promotionId },
    include: { runs: { include: { steps: true } } },
  });
  expect(promotion.state).toBe('published');
  expect(promotion.runs).toHaveLength(1);
  expect(promotion.runs[0]).toMatchObject({
    state: 'done',
    activeKey: null,
    leaseOwner: null,
    retryAt: null,
  });
  const done = Array.from({ length: stepCount }, () => 'done');
  expect(promotion.runs[0]?.steps.map((step) => step.state)).toEqual(done);
  expect(await terminalEvents(pipeline, requested)).toEqual(['run.published']);
}

/** The promotion is done, once, on disk and on record. */
export async function expectPublishedOnce(pipeline: Pipeline, requested: Requested): Promise<void> {
  const { db, target } = pipeline;
  await expectDoneOnce(pipeline, requested, 8);
  for (const { targetRef, resultingChecksum } of requested.plan.refs) {
    expect(pipeline.headOf(target, targetRef)).toBe(resultingChecksum);
    const where = { stageId_ref: { stageId: target.id, ref: targetRef } };
    expect(await db.ledgerRef.findUnique({ where })).toMatchObject({
      checksum: resultingChecksum,
      origin: 'promotion',
      promotionNumber: requested.number,
    });
  }
  expectClean(target);
  await expectSignedSummary(target);
}
