import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { SignatureDto } from '../contracts/scalars';
import { type InspectionDto, inspectRepositorySchema } from '../contracts/stage';
import { findStages, type StageWithKeys } from '../db/stage';
import { AppError, isAppError } from '../errors';
import {
  commitState,
  isPromotableRef,
  listRefs,
  openRepo,
  parseSignatureSet,
  type RefEntry,
  type Repo,
  readCommit,
  readSignatures,
  readSummary,
  type SignatureSet,
  verifySignatures,
} from '../ostree';
import { parseInput } from './parse-input';
import { type Repositories, withRepositories } from './repositories';
import type { ServiceContext } from './service-context';

type Finding = InspectionDto['findings'][number];

/** Heads whose signatures are looked at. */
const HEADS_MAX = 50;
/** `f_type` of file systems whose locks can't be relied on. @see statfs(2) */
const remoteFileSystems = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x65735546, 'FUSE'],
]);

/**
 * Looks at a repository before it becomes a stage, and says what it found. Changes nothing.
 * @throws AppError `input-invalid`, `ostree/repo-not-found`, `ostree/repo-invalid`, `ostree/repo-unsupported`
 */
export async function inspectRepository(
  ctx: ServiceContext,
  actor: Actor,
  input: { repoPath: string },
): Promise<InspectionDto> {
  authorise(actor, 'settings.write');
  const { repoPath } = parseInput(inspectRepositorySchema, input);
  if (!repoPath.startsWith('/')) {
    throw new AppError('input-invalid', 'repoPath: must be an absolute path', {
      details: { field: 'repoPath' },
    });
  }
  const stages = await findStages(ctx.db);
  return withRepositories(async (repos) => {
    const repo = openRepo(repoPath, { isStage: true });
    try {
      return await inspect(repo, repos, stages);
    } finally {
      repo.close();
    }
  });
}

async function inspect(
  repo: Repo,
  repos: Repositories,
  stages: readonly StageWithKeys[],
): Promise<InspectionDto> {
  const refs = listRefs(repo);
  const summary = readSummary(repo);
  const summarySignatures = summary?.signatureBytes
    ? await signersOf(summary.bytes, summary.signatureBytes)
    : [];
  const statfs = repo.fs.statfs(repo.root);
  return {
    repoPath: repo.path,
    mode: repo.mode,
    collectionId: repo.config.collectionId,
    refs: refs.map(({ ref, checksum }) => ({ ref, checksum, isPromotable: isPromotableRef(ref) })),
    commitSignatures: await commitSigners(repo, refs),
    summarySignatures,
    hasSummary: summary !== null,
    ownerUid: repo.ownerUid,
    isWritable: repo.isWritable,
    freeBytes: (BigInt(statfs.blocksAvailable) * BigInt(statfs.blockSizeBytes)).toString(),
    neighbours: stages.map((stage) => neighbour(repo, repos, stage)),
    findings: [
      ...placeFindings(repo, stages, remoteFileSystems.get(statfs.magic) ?? null),
      ...configFindings(repo),
      ...refFindings(repo, refs),
      ...summaryFindings(repo, summary !== null, summarySignatures),
    ],
  };
}

/** Who signed the heads, each signer once. */
async function commitSigners(repo: Repo, refs: readonly RefEntry[]): Promise<SignatureDto[]> {
  const found: SignatureDto[] = [];
  for (const { checksum } of refs.slice(0, HEADS_MAX)) {
    try {
      found.push(...(await signersOf(readCommit(repo, checksum).bytes, readSignatures(repo, checksum))));
    } catch (error) {
      // A head that can't be read is among the findings.
      if (!isAppError(error)) throw error;
    }
  }
  return distinct(found);
}

/** Signatures with whom they name, which for ed25519 is nobody: no key is known yet to check them against. */
async function signersOf(bytes: Uint8Array, signatures: Uint8Array | SignatureSet): Promise<SignatureDto[]> {
  const set = signatures instanceof Uint8Array ? parseSignatureSet(signatures) : signatures;
  const found = await verifySignatures(bytes, set, {});
  return distinct(found.map(({ type, key, state }) => ({ type, key: key === '' ? null : key, state })));
}

function distinct(signatures: readonly SignatureDto[]): SignatureDto[] {
  return [...new Map(signatures.map((each) => [`${each.type} ${each.key}`, each])).values()];
}

/** Whether a pull between the two would link objects. @see departure 1 and R-21 */
function neighbour(
  repo: Repo,
  repos: Repositories,
  stage: StageWithKeys,
): InspectionDto['neighbours'][number] {
  const { repo: other, problem } = repos.tryOpen(stage);
  if (!other) return { stage: stage.name, willLink: false, why: problem };
  if (other.mode !== repo.mode) {
    return {
      stage: stage.name,
      willLink: false,
      why: `its mode is ${other.mode}, this one’s ${repo.mode}: content is written anew`,
    };
  }
  if (other.dev !== repo.dev) {
    return { stage: stage.name, willLink: false, why: 'it lies on another file system: objects are copied' };
  }
  if (other.ownerUid !== repo.ownerUid) {
    return { stage: stage.name, willLink: false, why: 'its objects have another owner: objects are copied' };
  }
  return { stage: stage.name, willLink: true, why: 'same file system and owner' };
}

function placeFindings(repo: Repo, stages: readonly StageWithKeys[], remote: string | null): Finding[] {
  const findings: Finding[] = [];
  const same = stages.find((stage) => stage.repoDev === repo.dev && stage.repoIno === repo.ino);
  if (same) findings.push(problem(`this repository is the stage ${same.name} already`));
  if (remote)
    findings.push(problem(`it lies on ${remote}, whose locks can’t be relied on; use a local disk`));
  if (!repo.isWritable) {
    findings.push(
      warning('this process may not write to it; the worker must be able to, for promotions into it'),
    );
  }
  return findings;
}

function configFindings({ config, mode }: Repo): Finding[] {
  const findings: Finding[] = [
    mode === 'archive'
      ? ok('mode archive: clients can pull from it over HTTP')
      : warning(
          `mode ${mode}: clients can’t pull from it over HTTP; only archive repositories can be served`,
        ),
  ];
  if (config.autoUpdateSummary) {
    findings.push(
      warning(
        'core.auto-update-summary is on: ostree would replace the signed summary; turn it off before promoting',
      ),
    );
  }
  if (!config.fsync)
    findings.push(warning('core.fsync is off: what ostree writes here may not survive a power cut'));
  if (!config.locking)
    findings.push(warning('core.locking is off: ostree and Treeline can’t exclude each other'));
  return findings;
}

function refFindings(repo: Repo, refs: readonly RefEntry[]): Finding[] {
  if (refs.length === 0) return [warning('it has no refs yet')];
  const findings = [ok(`${refs.length} ref${refs.length === 1 ? '' : 's'}`)];
  const odd = refs.filter(({ ref }) => !isPromotableRef(ref));
  if (odd.length > 0) {
    findings.push(warning(`${odd.length} of them can be shown and never promoted, by their names`));
  }
  for (const { ref, checksum } of refs.slice(0, HEADS_MAX)) {
    const state = commitState(repo, checksum);
    if (state === 'absent') findings.push(warning(`the ref ${ref} names a commit that is missing`));
    if (state === 'partial') findings.push(warning(`the commit of ${ref} is marked as not complete`));
  }
  return findings;
}

function summaryFindings(repo: Repo, hasSummary: boolean, signatures: readonly SignatureDto[]): Finding[] {
  const findings: Finding[] = [];
  if (repo.fs.lstat(`${repo.root}/summary.idx`) !== null) {
    findings.push(problem('it has a summary.idx, which flatpak keeps: Treeline would leave it out of date'));
  }
  if (!hasSummary) findings.push(ok('no summary yet: the first promotion into it writes one'));
  else if (signatures.length === 0) findings.push(ok('the summary is not signed'));
  else {
    const who = signatures.map(({ type, key }) => (key === null ? type : `${type} ${key}`)).join(', ');
    findings.push(
      warning(`the summary is signed (${who}): import these keys, or clients will be locked out`),
    );
  }
  return findings;
}

const ok = (text: string): Finding => ({ level: 'ok', text });
const warning = (text: string): Finding => ({ level: 'warning', text });
const problem = (text: string): Finding => ({ level: 'problem', text });
