import type { Checksum } from '../../ostree/format/checksum';
import { NO_SIGNATURES, type SignatureSet } from '../../ostree/format/signatures';
import type { CommitToWrite } from '../../ostree/pull/plan-pull';
import { pull as pullObjects } from '../../ostree/pull/pull';
import { type Commit, readCommit } from '../../ostree/repo/read-commit';
import { listCommitsToBring } from '../commits-to-bring';
import { isIsolation } from '../isolation';
import { openSource } from '../open-source';
import type { RunScope } from '../run-scope';
import { attributeSignatures } from '../stage-keys';
import { findTrustedHeads } from '../trusted-heads';
import { makeCommit } from './make-commit';

/** How much of the progress bar each phase of a pull takes: where it begins, and how long it is. */
const phaseShare = { walk: [0, 0.2], import: [0.2, 0.75], finish: [0.95, 0.05] } as const;

/**
 * Brings the planned commits into the target with everything below them, by hard link where that works, each object
 * checked before it gets its name. No ref changes: nobody sees them yet.
 *
 * @throws AppError as the engine's pull; `plan-changed` where a commit made anew is not the planned one
 */
export async function pull(scope: RunScope): Promise<void> {
  const { recorder, target, moves, plan, edge, to } = scope;
  const source = openSource(scope);
  const trustedHeads = await findTrustedHeads(scope);
  const brought = new Set<Checksum>();
  const heads: Checksum[] = [];
  const commitsToWrite: CommitToWrite[] = [];
  for (const move of moves) {
    if (plan.mode === 'recommit') {
      commitsToWrite.push(makeCommit(scope, move));
      brought.add(move.resulting);
      continue;
    }
    heads.push(move.source);
    for (const checksum of listCommitsToBring(source, move.source, move.expected)) {
      brought.add(checksum);
    }
  }
  const result = await pullObjects(source, target, {
    commits: heads,
    historyUntil: (checksum) => !brought.has(checksum),
    commitsToWrite,
    trustedHeads,
    verifyObjects: plan.verifyObjects,
    isolation: isIsolation(edge.isolation) ? edge.isolation : 'hardlink',
    // What nobody here can verify stays behind.
    carrySignatures: (checksum, set) => keepVerified(scope, readCommit(source, checksum), set),
    signal: scope.signal,
    onProgress: ({ phase, done, total }) => {
      const [begin, length] = phaseShare[phase];
      if (total > 0) recorder.fraction(begin + length * (done / total));
    },
  });
  scope.brought = [...brought];
  recorder.line(`${count(scope.brought.length, 'commit')} into ${to.name}`);
  recorder.line(
    `${count(result.objectsLinked, 'object')} linked, ${result.objectsCopied} copied (${result.bytesCopied} bytes), ` +
      `${result.objectsPresent} there already`,
  );
}

async function keepVerified({ to }: RunScope, commit: Commit, set: SignatureSet): Promise<SignatureSet> {
  const kept = { ed25519: [] as Uint8Array[], gpg: [] as Uint8Array[] };
  for (const type of ['ed25519', 'gpg'] as const) {
    for (const blob of set[type]) {
      const found = await attributeSignatures(to.keys, commit.bytes, { ...NO_SIGNATURES, [type]: [blob] });
      if (found.length > 0 && found.every((each) => each.state === 'valid')) kept[type].push(blob);
    }
  }
  return { ...NO_SIGNATURES, ...kept };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
