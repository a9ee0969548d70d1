import { promotionSchema } from '../../contracts/promotion';
import { printJson, printLines } from '../output';
import { askApi, type ClientOptions } from './api';

/** `treeline cancel`: asks to stop the run of a promotion, over the API. The worker does so at its next look. */
export async function cancel(number: number, options: ClientOptions & { reason?: string }): Promise<void> {
  const { reason } = options;
  const promotion = await askApi(options, {
    method: 'POST',
    path: `/api/promotions/${number}/cancel`,
    body: { reason },
    schema: promotionSchema,
  });
  if (options.json) printJson(promotion);
  else printLines([`Asked to cancel #${number}; its worker stops before anything moves.`]);
}
