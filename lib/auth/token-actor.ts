import { z } from 'zod';
import { tokenScopeSchema, tokenStagesOf } from '../contracts/token';
import { findTokenByHash, findTokenById, type TokenWithAccount, touchToken } from '../db/api-token';
import type { Reader } from '../db/client';
import { SERVICE_ROLE } from '../promotion/service-role';
import type { ServiceActor } from './actor';
import { hashToken, isToken } from './token';

/** `lastUsedAt` is not written more often than this. */
const TOUCH_SECONDS = 60;

/**
 * The program behind a token at `now`, null where the token is none, revoked or expired, or its account or holder is
 * disabled.
 * Reads the rows each time: what was just revoked, is.
 */
export async function actorOfToken(db: Reader, token: string, now: Date): Promise<ServiceActor | null> {
  if (!isToken(token)) return null;
  return actorOfRow(db, await findTokenByHash(db, hashToken(token)), now);
}

/** The same by the token's id: for whoever has shown it before, in a request that goes on. */
export async function actorOfTokenId(db: Reader, id: string, now: Date): Promise<ServiceActor | null> {
  return actorOfRow(db, await findTokenById(db, id), now);
}

async function actorOfRow(db: Reader, row: TokenWithAccount | null, now: Date): Promise<ServiceActor | null> {
  if (!row || row.revokedAt !== null || row.expiresAt <= now) return null;
  const { account, holder } = row;
  if (account.role !== SERVICE_ROLE || account.disabledAt !== null || holder.disabledAt !== null) return null;
  const idleMilliseconds = now.getTime() - (row.lastUsedAt?.getTime() ?? 0);
  if (idleMilliseconds > TOUCH_SECONDS * 1000) await touchToken(db, row.id, now);
  return {
    kind: 'service',
    id: account.id,
    name: account.name,
    displayName: account.displayName,
    tokenId: row.id,
    tokenName: row.name,
    scopes: z.array(tokenScopeSchema).parse(JSON.parse(row.scopes)),
    stages: tokenStagesOf(row.stages),
    sponsorIds: [...new Set([row.holderId, ...(row.createdById === null ? [] : [row.createdById])])],
  };
}
