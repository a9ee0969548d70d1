import type { Actor } from '../auth/actor';
import type { AuditPageDto, ListAuditInput } from '../contracts/audit';
import type { ServiceContext } from './service-context';

export async function listAudit(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: ListAuditInput,
): Promise<AuditPageDto> {
  throw new Error('list-audit has no body yet');
}
