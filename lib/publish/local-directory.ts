import type { SignatureSet } from '../ostree/format/signatures';
import type { Repo } from '../ostree/repo/open-repo';
import { type PublishPhase, publishSummary } from '../ostree/write/publish-summary';

export interface LocalPublication {
  /** Byte for byte as it was signed. */
  summary: Uint8Array;
  signatures: Pick<SignatureSet, 'ed25519' | 'gpg'>;
  /** How long signatures of both summaries are served; 0 where only the built-in server serves this directory. */
  overlapSeconds: number;
  /** Base64 of the ed25519 keys, retired ones too, that what is served now may be signed with. */
  ed25519PublicKeys: readonly string[];
  /** Called when a phase is done and durable. */
  onPhase?: (phase: PublishPhase) => void;
  /** Called before each replacement of a served file; throws where it is no longer ours to do. */
  assertMayReplace?: () => void;
  signal?: AbortSignal;
}

/**
 * Publishes in the stage's own directory. Objects and refs are there already, so only the summary and its signatures
 * are left to be replaced. Done again after a crash with the same bytes, it finishes what was begun. The caller holds
 * the product lock of the repository.
 *
 * @returns the phases that were left to do
 * @throws AppError as the engine's `publishSummary`
 */
export function publishToLocalDirectory(repo: Repo, publication: LocalPublication): Promise<PublishPhase[]> {
  return publishSummary(repo, {
    summary: publication.summary,
    signatures: publication.signatures,
    overlapSeconds: publication.overlapSeconds,
    ed25519PublicKeys: publication.ed25519PublicKeys.map((key) => Buffer.from(key, 'base64')),
    onPhase: publication.onPhase,
    assertMayReplace: publication.assertMayReplace,
    signal: publication.signal,
  });
}
