import { type Algorithm, hash, verify } from '@node-rs/argon2';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. About 30 ms. */
const parameters = { algorithm: 2 as Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The PHC string (`$argon2id$…`) to store for `password`, with a fresh salt. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFC'), parameters);
}

let decoy: Promise<string> | undefined;

/**
 * Whether `password` is the one that `passwordHash` was made of. Without a hash (no such person) it works as
 * long and says no, so that the time tells nobody which names exist.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('a password that nobody has');
  const isRight = await verify(passwordHash ?? (await decoy), password.normalize('NFC'));
  return passwordHash !== null && isRight;
}
