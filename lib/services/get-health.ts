import { readSetting } from '../db/setting';
import type { ServiceContext } from './service-context';

/** Whether the web process can do its work: it answers, and reads the database. Says nothing else to anybody. */
export async function getHealth(ctx: ServiceContext): Promise<{ status: 'ok' }> {
  await readSetting(ctx.db, 'nextPromotionNumber');
  return { status: 'ok' };
}
