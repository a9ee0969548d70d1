import type { CheckState } from '../../contracts/edge-checks';
import { promotionSchema } from '../../contracts/promotion';
import { printJson, printLines } from '../output';
import { askApi, type ClientOptions } from './api';

export interface CheckReportOptions extends ClientOptions {
  state: CheckState;
  plan?: string;
  link?: string;
  summary?: string;
}

/** `treeline check report`: says how an external check of a promotion went, over the API. */
export async function checkReport(number: number, name: string, options: CheckReportOptions): Promise<void> {
  const path = `/api/promotions/${number}`;
  const planChecksum =
    options.plan ?? (await askApi(options, { method: 'GET', path, schema: promotionSchema })).planChecksum;
  const { state, link, summary } = options;
  const body = { name, state, planChecksum, link, summary };
  const promotion = await askApi(options, {
    method: 'POST',
    path: `${path}/checks`,
    body,
    schema: promotionSchema,
  });
  if (options.json) printJson(promotion);
  else {
    printLines([
      `${name} is ${state} on plan ${planChecksum.slice(0, 10)} of #${number}.`,
      ...promotion.waits.map(({ detail }) => `It waits: ${detail}`),
    ]);
  }
}
