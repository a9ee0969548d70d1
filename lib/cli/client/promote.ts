import { z } from 'zod';
import { planResultSchema, promotionSchema } from '../../contracts/promotion';
import { edgeSchema } from '../../contracts/stage';
import { AppError } from '../../errors';
import { printJson, printLines } from '../output';
import { askApi, type ClientOptions } from './api';
import { refuseBlocked } from './refuse-blocked';

export interface PromoteOptions extends ClientOptions {
  reason: string;
  notBefore?: string;
  supersedes?: number;
  emergency?: true;
}

/** `treeline promote`: plans what the heads of refs would do along an edge, and asks for exactly that, over the API. */
export async function promote(
  from: string,
  to: string,
  refs: readonly string[],
  options: PromoteOptions,
): Promise<void> {
  if (options.emergency) {
    throw new AppError(
      'forbidden',
      'an emergency needs a person who is signed in: publish it without approval on the page; no token can',
    );
  }
  const { items } = await askApi(options, {
    method: 'GET',
    path: '/api/edges',
    schema: z.object({ items: z.array(edgeSchema) }),
  });
  const edge = items.find((each) => each.from === from && each.to === to);
  if (!edge) throw new AppError('not-found', `there is no edge from ${from} to ${to}`);
  const { reason, notBefore, supersedes } = options;
  const wanted = { edge: edge.id, refs: refs.map((ref) => ({ ref })), notBefore };
  const result = await askApi(options, {
    method: 'POST',
    path: '/api/plans',
    body: wanted,
    schema: planResultSchema,
  });
  refuseBlocked(result);
  const promotion = await askApi(options, {
    method: 'POST',
    path: '/api/promotions',
    body: { ...wanted, planChecksum: result.planChecksum, reason, supersedes },
    schema: promotionSchema,
  });
  if (options.json) printJson(promotion);
  else printLines([`Asked for #${promotion.number}: ${promotion.title}, plan ${promotion.planChecksum}.`]);
}
