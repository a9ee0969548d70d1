import { SERVICE_ROLE } from '../promotion/service-role';
import type { Reader, Transaction } from './client';
import type { ApiToken, Person } from './generated/client';

export type ApiTokenRow = ApiToken;
export type TokenWithPeople = ApiToken & { holder: Person; createdBy: Person | null };
/** The account of a program with its tokens, newest first. */
export type ServiceAccountRow = Person & { tokens: TokenWithPeople[] };

const withTokens = {
  tokens: {
    include: { holder: true, createdBy: true },
    orderBy: [{ createdAt: 'desc' as const }, { id: 'asc' as const }],
  },
};

/** All accounts of programs, by name. */
export function findServiceAccounts(db: Reader): Promise<ServiceAccountRow[]> {
  return db.person.findMany({ where: { role: SERVICE_ROLE }, include: withTokens, orderBy: { name: 'asc' } });
}

export function findServiceAccount(db: Reader, id: string): Promise<ServiceAccountRow | null> {
  return db.person.findUnique({ where: { id, role: SERVICE_ROLE }, include: withTokens });
}

/** Adds the account of a program. No password fits its hash, and nobody can sign in as it. */
export async function insertServiceAccount(
  tx: Transaction,
  account: { id: string; name: string; displayName: string; createdAt: Date },
): Promise<void> {
  const rest = { role: SERVICE_ROLE, passwordHash: '', mustChangePassword: false, disabledAt: null };
  await tx.person.create({ data: { ...account, ...rest } });
}

export async function insertToken(tx: Transaction, row: ApiTokenRow): Promise<void> {
  await tx.apiToken.create({ data: row });
}

export type TokenWithAccount = ApiToken & { account: Person; holder: Person };

/** The token whose SHA-256 that is, with its account and who holds it; null where there is none. */
export function findTokenByHash(db: Reader, secretHash: string): Promise<TokenWithAccount | null> {
  return db.apiToken.findUnique({ where: { secretHash }, include: { account: true, holder: true } });
}

export function findTokenById(db: Reader, id: string): Promise<TokenWithAccount | null> {
  return db.apiToken.findUnique({ where: { id }, include: { account: true, holder: true } });
}

/** Notes that the token was used, unless it was revoked in the meantime. */
export async function touchToken(db: Reader, id: string, at: Date): Promise<void> {
  await db.apiToken.updateMany({ where: { id, revokedAt: null }, data: { lastUsedAt: at } });
}

/** Ends one token. @returns whether it was not revoked already */
export async function revokeTokenRow(tx: Transaction, id: string, at: Date): Promise<boolean> {
  const { count } = await tx.apiToken.updateMany({
    where: { id, revokedAt: null },
    data: { revokedAt: at },
  });
  return count === 1;
}
