import {
  type CreatePromotionInput,
  type PlanInput,
  type PlanResultDto,
  planResultSchema,
  promotionSchema,
} from '../../contracts/promotion';
import { AppError } from '../../errors';
import { printJson, printLines, printNotice } from '../output';
import { askApi, type ClientOptions } from './api';

/**
 * Has a plan made over the API, asks for exactly that, and prints the promotion.
 * @throws AppError `plan-blocked` where a check fails, in its words; as `askApi`
 */
export async function askForPromotion(
  options: ClientOptions,
  wanted: PlanInput,
  asking: Pick<CreatePromotionInput, 'reason' | 'supersedes'>,
): Promise<void> {
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
    body: { ...wanted, planChecksum: result.planChecksum, ...asking },
    schema: promotionSchema,
  });
  if (options.json) printJson(promotion);
  else printLines([`Asked for #${promotion.number}: ${promotion.title}, plan ${promotion.planChecksum}.`]);
}

/** Warnings are said; what fails stops it here. */
function refuseBlocked({ facts }: PlanResultDto): void {
  for (const { result, ref, title, detail } of facts.checks) {
    const about = ref === null ? title : `${ref}: ${title}`;
    if (result === 'fail') throw new AppError('plan-blocked', `${about}: ${detail}`);
    if (result === 'warn') printNotice(`treeline: ${about}: ${detail}`);
  }
}
