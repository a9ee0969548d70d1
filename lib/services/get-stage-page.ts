import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { StageClientDto, StagePageDto } from '../contracts/stage';
import type { EdgeWithStages } from '../db/edge';
import { findRetirements } from '../db/retirement';
import type { StageWithKeys } from '../db/stage';
import { AppError } from '../errors';
import { allOver } from './all-over';
import { withRepositories } from './repositories';
import { requireStage } from './require-stage';
import { retirementDtos } from './retirement-dto';
import { contextAtOneHead, type ServiceContext } from './service-context';
import { readStageFreezes } from './stage-freezes';
import { stageKeyFileName } from './stage-key-file';
import { viewStages } from './view-stages';

/** How many retirements that are over the page shows. */
const RETIREMENTS_OVER_MAX = 5;

/** All that the page of a stage shows. @throws AppError `not-found` */
export async function getStagePage(
  context: ServiceContext,
  actor: Actor,
  name: string,
): Promise<StagePageDto> {
  authorise(actor, 'read');
  const ctx = contextAtOneHead(context);
  const db = await ctx.atHead();
  const { id } = await requireStage(db, name);
  return withRepositories(async (repos) => {
    const [{ stages, edges, holds }, retirements] = await allOver([
      viewStages(ctx, repos, (row) => row.id === id),
      findRetirements(db, id, { overMax: RETIREMENTS_OVER_MAX }).then((rows) => retirementDtos(db, rows)),
    ]);
    const view = stages[0];
    if (!view) throw new AppError('not-found', `there is no stage called ${name}`);
    const freezesOf = await readStageFreezes(db, edges, ctx.clock.now());
    const brief = (edge: EdgeWithStages) => ({ id: edge.id, from: edge.from.name, to: edge.to.name });
    return {
      stage: view.stage,
      refs: view.refs,
      client: clientDto(ctx, view.row),
      incoming: edges.filter((edge) => edge.toStageId === id).map(brief),
      outgoing: edges.filter((edge) => edge.fromStageId === id).map(brief),
      ...freezesOf(id),
      holds: holds.filter((hold) => hold.stage === name),
      retirements,
    };
  });
}

/** What a client needs to pull from the stage: the address, the keys, and the command that sets it up. */
function clientDto(ctx: ServiceContext, row: StageWithKeys): StageClientDto {
  const url = `${ctx.repoUrl}/${row.name}/`;
  const keys = row.keys.filter((key) => key.purpose === 'sign' && key.retiredAt === null);
  const keyFiles = keys.map((key) => ({
    type: key.type === 'gpg' ? ('gpg' as const) : ('ed25519' as const),
    keyId: key.keyId,
    fileName: stageKeyFileName(row, key),
    href: `/api/stages/${encodeURIComponent(row.name)}/keys/${encodeURIComponent(key.id)}/file`,
  }));
  return { url, remoteAddCommand: remoteAddCommand(row, url, keyFiles), keyFiles };
}

/**
 * The `ostree remote add` line. Names of stages and key files hold nothing that a shell would read. Every key signs
 * everything, so one is enough, the newest; GPG where there is one, since every libostree can check that.
 * @see libostree `ot_remote_builtin_add`: one `--gpg-import`, and one key a type of `--sign-verify`
 */
function remoteAddCommand(row: StageWithKeys, url: string, keyFiles: StageClientDto['keyFiles']): string {
  const gpg = keyFiles.findLast((key) => key.type === 'gpg');
  const ed25519 = keyFiles.findLast((key) => key.type === 'ed25519');
  const words = ['ostree remote add'];
  if (row.collectionId !== null) words.push(`--collection-id=${row.collectionId}`);
  if (gpg) words.push(`--gpg-import=${gpg.fileName}`, '--set=gpg-verify-summary=true');
  else words.push('--no-gpg-verify');
  if (!gpg && ed25519) {
    words.push(`--sign-verify=ed25519=inline:${ed25519.keyId}`, '--set=sign-verify-summary=true');
  }
  words.push(row.name, url);
  return words.join(' ');
}
