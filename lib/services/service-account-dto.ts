import { z } from 'zod';
import { type ServiceAccountDto, type TokenDto, tokenScopeSchema, tokenStagesOf } from '../contracts/token';
import type { ServiceAccountRow, TokenWithPeople } from '../db/api-token';

/** A program's account with its tokens at `now`; of a token nothing but its first characters. */
export function serviceAccountDto(row: ServiceAccountRow, now: Date): ServiceAccountDto {
  return {
    id: row.id,
    name: row.name,
    displayName: row.displayName,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    tokens: row.tokens.map((token) => tokenDto(row, token, now)),
  };
}

function tokenDto(account: ServiceAccountRow, row: TokenWithPeople, now: Date): TokenDto {
  return {
    id: row.id,
    name: row.name,
    scopes: z.array(tokenScopeSchema).parse(JSON.parse(row.scopes)),
    stages: tokenStagesOf(row.stages),
    hint: row.hint,
    holder: row.holder.name,
    createdBy: row.createdBy?.name ?? null,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    state: stateOf(account, row, now),
  };
}

function stateOf(account: ServiceAccountRow, row: TokenWithPeople, now: Date): TokenDto['state'] {
  if (row.revokedAt !== null) return 'revoked';
  if (row.expiresAt <= now) return 'expired';
  return account.disabledAt !== null || row.holder.disabledAt !== null ? 'stopped' : 'active';
}
