import type { Actor } from '../auth/actor';
import type { ServiceContext } from './service-context';

export async function exportAudit(_ctx: ServiceContext, _actor: Actor): Promise<string> {
  throw new Error('export-audit has no body yet');
}
