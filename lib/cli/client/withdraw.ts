import { promotionSchema } from '../../contracts/promotion';
import { printJson, printLines } from '../output';
import { askApi, type ClientOptions } from './api';

/** `treeline withdraw`: takes back a request that no worker has begun, over the API. */
export async function withdraw(number: number, options: ClientOptions): Promise<void> {
  const promotion = await askApi(options, {
    method: 'POST',
    path: `/api/promotions/${number}/withdraw`,
    schema: promotionSchema,
  });
  if (options.json) printJson(promotion);
  else printLines([`Withdrew #${number}; nobody can approve it any more.`]);
}
