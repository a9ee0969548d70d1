import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { ChainStateDto } from '../contracts/audit';
import { verifyWholeChain } from './audit-chain';
import type { ServiceContext } from './service-context';

/**
 * Follows the audit chain from its first event to its last, and says where it breaks.
 * @param notedHead the hash of an event that was the last one once: whether it is still there tells of a cut-off end
 */
export async function verifyAuditChain(
  ctx: ServiceContext,
  actor: Actor,
  notedHead: string | null = null,
): Promise<ChainStateDto> {
  authorise(actor, 'audit.read');
  return verifyWholeChain(ctx, notedHead);
}
