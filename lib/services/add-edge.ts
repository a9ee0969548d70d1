import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type EdgeDto, type EdgeInput, edgeInputSchema } from '../contracts/stage';
import { inTransaction, type Transaction } from '../db/client';
import { findEdges, insertEdge } from '../db/edge';
import { findStageByName, type StageWithKeys } from '../db/stage';
import { AppError } from '../errors';
import { findRenameProblem } from '../promotion/check-renames';
import { edgeDto } from './edge-dto';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

/**
 * Lets refs be promoted from one stage to another.
 *
 * @throws AppError `not-found` for a stage; `name-taken` where the edge exists; `input-invalid` for an edge onto
 *   itself or renames that two refs would share
 */
export async function addEdge(ctx: ServiceContext, actor: Actor, input: EdgeInput): Promise<EdgeDto> {
  authorise(actor, 'settings.write');
  const edge = parseInput(edgeInputSchema, input);
  if (edge.from === edge.to) throw invalid('to', 'an edge leads to another stage');
  const mode = edge.mode ?? 'identity';
  const renames = edge.renames ?? [];
  const problem = findRenameProblem(renames);
  if (problem) throw invalid('renames', problem);
  const at = ctx.clock.now();

  const row = await inTransaction(ctx.db, async (tx) => {
    const from = await requireStage(tx, edge.from, 'from');
    const to = await requireStage(tx, edge.to, 'to');
    const edges = await findEdges(tx);
    if (edges.some((each) => each.fromStageId === from.id && each.toStageId === to.id)) {
      throw new AppError(
        'name-taken',
        `there is an edge from ${from.name} to ${to.name} already; change that`,
      );
    }
    const added = await insertEdge(tx, {
      id: randomUUID(),
      fromStageId: from.id,
      toStageId: to.id,
      mode,
      refGlobs: JSON.stringify(edge.refGlobs),
      renames: JSON.stringify(renames),
      isolation: 'hardlink',
      verifyObjects: edge.verifyObjects ?? true,
      requireSourceHead: edge.requireSourceHead ?? false,
      approvalsRequired: edge.approvalsRequired ?? 1,
      policyVersion: 1,
      createdAt: at,
    });
    const { refGlobs } = edge;
    await recordAudit(tx, {
      kind: 'edge.added',
      at,
      actor: auditActorOf(actor),
      stage: to.name,
      data: { from: from.name, to: to.name, mode, refGlobs, approvalsRequired: added.approvalsRequired },
    });
    return added;
  });
  return edgeDto(row);
}

async function requireStage(tx: Transaction, name: string, field: string): Promise<StageWithKeys> {
  const stage = await findStageByName(tx, name);
  if (stage) return stage;
  throw new AppError('not-found', `there is no stage called ${name}; add it first`, { details: { field } });
}

function invalid(field: string, message: string): AppError {
  return new AppError('input-invalid', `${field}: ${message}`, { details: { field } });
}
