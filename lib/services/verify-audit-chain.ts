import type { Actor } from '../auth/actor';
import type { ChainStateDto } from '../contracts/audit';
import type { ServiceContext } from './service-context';

export async function verifyAuditChain(_ctx: ServiceContext, _actor: Actor): Promise<ChainStateDto> {
  throw new Error('verify-audit-chain has no body yet');
}
