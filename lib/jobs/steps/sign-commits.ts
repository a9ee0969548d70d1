import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, isAppError } from '../../errors';
import { NO_SIGNATURES } from '../../ostree/format/signatures';
import { readCommit, readSignatures } from '../../ostree/repo/read-commit';
import { mergeSignatures } from '../../ostree/write/merge-commitmeta';
import type { WireSignatures } from '../../signer/client';
import { bringDeltas } from '../bring-deltas';
import { assertFenced, assertNotStopped, orStopped } from '../open-source';
import type { RunScope } from '../run-scope';
import { attributeSignatures, missingSigners, signKeysOf } from '../stage-keys';

/** How long a signer that is being started again is waited for, in milliseconds. */
const signerPatienceMilliseconds = 15_000;

/**
 * Has every commit that came signed by each signing key of the target, where it is not signed by it yet, and keeps
 * the signatures beside those that are there. Then brings the static deltas that hold all of these signatures.
 *
 * @throws AppError `signer-refused`, `signer-unreachable`; `ostree/signature-invalid` where a signature is none; as
 * bringDeltas
 */
export async function signCommits(scope: RunScope): Promise<void> {
  await signAll(scope);
  await bringDeltas(scope);
}

async function signAll(scope: RunScope): Promise<void> {
  const { recorder, target, to, brought } = scope;
  if (signKeysOf(to.keys).length === 0) {
    recorder.line(`${to.name} has no key to sign with`);
    return;
  }
  let signed = 0;
  for (const [at, checksum] of brought.entries()) {
    assertNotStopped(scope);
    const { bytes } = readCommit(target, checksum);
    const present = await attributeSignatures(to.keys, bytes, readSignatures(target, checksum));
    if (missingSigners(to.keys, present).length > 0) {
      const signatures = fromWire(await askPatiently(scope, checksum));
      const [missing] = missingSigners(to.keys, await attributeSignatures(to.keys, bytes, signatures));
      if (missing) {
        throw new AppError(
          'ostree/signature-invalid',
          `the signer’s ${missing.type} signature of ${checksum} does not verify`,
          {
            details: { commit: checksum, key: missing.keyId },
          },
        );
      }
      assertFenced(scope);
      mergeSignatures(target, checksum, signatures);
      signed += 1;
    }
    recorder.fraction((at + 1) / brought.length);
  }
  const keys = signKeysOf(to.keys).length;
  recorder.line(
    `${signed} of ${brought.length} commits signed now, with ${keys} ${keys === 1 ? 'key' : 'keys'} each`,
  );
}

/** Signatures as the engine takes them. */
export function fromWire(wire: WireSignatures) {
  const decode = (texts: string[]) => texts.map((text) => new Uint8Array(Buffer.from(text, 'base64')));
  return { ...NO_SIGNATURES, ed25519: decode(wire.ed25519), gpg: decode(wire.gpg) };
}

/** A supervisor starts a signer that has died again within seconds: not every such gap has to fail a run. */
async function askPatiently(scope: RunScope, checksum: string): Promise<WireSignatures> {
  const { ctx, to, lease, recorder } = scope;
  const startedAt = performance.now();
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await orStopped(scope, (signal) =>
        ctx.signer.signCommit({ stageId: to.id, runId: lease.runId, checksum }, signal),
      );
    } catch (error) {
      const isLate = performance.now() - startedAt >= signerPatienceMilliseconds;
      if (!isAppError(error, 'signer-unreachable') || isLate) throw error;
      if (isFirst) recorder.line('waiting for the signer');
      await sleep(250);
      assertNotStopped(scope);
    }
  }
}
