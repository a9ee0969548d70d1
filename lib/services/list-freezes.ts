import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { FreezeDto } from '../contracts/freeze';
import { findFreezeWindows } from '../db/freeze';
import { freezeDto } from './freeze-dto';
import type { ServiceContext } from './service-context';

/** All freeze windows: what holds now, then what comes next, then what is over. */
export async function listFreezes(ctx: ServiceContext, actor: Actor): Promise<FreezeDto[]> {
  authorise(actor, 'read');
  const now = ctx.clock.now();
  const rows = (await findFreezeWindows(await ctx.atHead())).map((row) => freezeDto(row, now));
  const when = ({ now, next }: FreezeDto) => (now ?? next)?.from ?? '9999';
  return rows.sort((a, b) => (when(a) < when(b) ? -1 : when(a) > when(b) ? 1 : 0));
}
