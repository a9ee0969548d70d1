import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { RETIRE_GRACE_HOURS_DEFAULT } from '../contracts/retirement';
import { type AddStageInput, addStageSchema, type InspectionDto, type StageDto } from '../contracts/stage';
import { inTransaction, type Transaction } from '../db/client';
import { findStageByName, findStages, insertStage, upsertLedgerRef } from '../db/stage';
import { AppError } from '../errors';
import { openRepo } from '../ostree';
import { writeRepoServerConfig } from '../publish/write-repo-server-config';
import { inspectRepository } from './inspect-repository';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';
import { readStage } from './update-stage';

/**
 * Makes a repository a stage: its directory is remembered by device and inode, and its refs as they are now are
 * adopted, so that a later change by somebody else can be told.
 *
 * @throws AppError `name-taken`; `conflict` with the first finding that stops it; as `inspectRepository`
 */
export async function addStage(ctx: ServiceContext, actor: Actor, input: AddStageInput): Promise<StageDto> {
  authorise(actor, 'settings.write');
  const wanted = parseInput(addStageSchema, input);
  const inspection = await inspectRepository(ctx, actor, { repoPath: wanted.repoPath });
  const stopped = inspection.findings.find((finding) => finding.level === 'problem');
  if (stopped)
    throw new AppError('conflict', `${wanted.repoPath}: ${stopped.text}`, { details: { field: 'repoPath' } });
  const place = placeOf(wanted.repoPath);
  const at = ctx.clock.now();

  await inTransaction(ctx.db, async (tx) => {
    if (await findStageByName(tx, wanted.name)) {
      throw new AppError(
        'name-taken',
        `there is a stage called ${wanted.name} already; choose another name`,
        {
          details: { field: 'name' },
        },
      );
    }
    const stages = await findStages(tx);
    if (stages.some((stage) => stage.repoDev === place.dev && stage.repoIno === place.ino)) {
      throw new AppError('conflict', `${wanted.repoPath} is a stage already`, {
        details: { field: 'repoPath' },
      });
    }
    const id = randomUUID();
    const position = wanted.position ?? Math.max(-1, ...stages.map((stage) => stage.position)) + 1;
    await insertStage(tx, {
      id,
      name: wanted.name,
      position,
      repoPath: place.path,
      repoDev: place.dev,
      repoIno: place.ino,
      collectionId: inspection.collectionId,
      overlapSeconds: wanted.overlapSeconds ?? 0,
      retireGraceHours: wanted.retireGraceHours ?? RETIRE_GRACE_HOURS_DEFAULT,
      createdAt: at,
    });
    await adopt(tx, id, inspection.refs, at);
    await recordAudit(tx, {
      kind: 'stage.added',
      at,
      actor: auditActorOf(actor),
      stage: wanted.name,
      data: { repoPath: place.path, mode: inspection.mode, adoptedRefs: inspection.refs.length },
    });
  });
  await writeRepoServerConfig(ctx.db, ctx.home.repoServerConfigPath);
  return readStage(ctx, wanted.name);
}

function placeOf(repoPath: string): { path: string; dev: string; ino: string } {
  const repo = openRepo(repoPath, { isStage: true });
  const { path, dev, ino } = repo;
  repo.close();
  return { path, dev, ino };
}

async function adopt(tx: Transaction, stageId: string, refs: InspectionDto['refs'], at: Date): Promise<void> {
  for (const { ref, checksum } of refs) {
    const origin = 'adopted';
    await upsertLedgerRef(tx, {
      id: randomUUID(),
      stageId,
      ref,
      checksum,
      origin,
      promotionNumber: null,
      recordedAt: at,
    });
  }
}
