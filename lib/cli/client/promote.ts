import { z } from 'zod';
import { edgeSchema } from '../../contracts/stage';
import { AppError } from '../../errors';
import { askApi, type ClientOptions } from './api';
import { askForPromotion } from './ask-for-promotion';

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
  await askForPromotion(options, wanted, { reason, supersedes });
}
