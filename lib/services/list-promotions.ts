import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type ListPromotionsInput, listPromotionsSchema, type PromotionRowDto } from '../contracts/promotion';
import type { PageDto } from '../contracts/scalars';
import { findPromotions } from '../db/promotion';
import { nextNumberCursor, parseNumberCursor } from './cursor';
import { parseInput } from './parse-input';
import { readPolicyMoment } from './policy-moment';
import { promotionRowDto } from './promotion-dto';
import { readWaitsOf } from './read-waits';
import type { ServiceContext } from './service-context';

const PAGE_SIZE = 25;

/** Promotions, newest first. `stage` is at either end of the edge. */
export async function listPromotions(
  ctx: ServiceContext,
  actor: Actor,
  input: ListPromotionsInput,
): Promise<PageDto<PromotionRowDto>> {
  authorise(actor, 'read');
  const db = await ctx.atHead();
  const { state, stage, cursor } = parseInput(listPromotionsSchema, input);
  const beforeNumber = parseNumberCursor(cursor);
  const where = {
    ...(state !== undefined && { states: [state] }),
    ...(stage !== undefined && { stageName: stage }),
    ...(beforeNumber !== null && { beforeNumber }),
  };
  const [rows, moment] = await Promise.all([
    findPromotions(db, where, PAGE_SIZE + 1),
    readPolicyMoment(db, ctx.clock.now()),
  ]);
  const items = rows.slice(0, PAGE_SIZE);
  const waits = await readWaitsOf(db, items, moment.at);
  return {
    items: items.map((row) => promotionRowDto(row, moment, waits.get(row.id))),
    nextCursor: nextNumberCursor(rows.length > PAGE_SIZE, items.at(-1)?.number),
  };
}
