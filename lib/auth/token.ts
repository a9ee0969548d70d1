import { createHash, randomBytes } from 'node:crypto';

/** What every token begins with, so that scanners for secrets in repositories find it. */
const PREFIX = 'tl_';
const SECRET_BYTES = 32;
const HINT_LENGTH = PREFIX.length + 6;

/** A new token: `tl_` and 256 bits of chance in base64url. */
export function makeToken(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** Whether `text` has the form of a token; anything else isn't even looked up. */
export function isToken(text: string): boolean {
  return /^tl_[A-Za-z0-9_-]{43}$/.test(text);
}

/** SHA-256 of the token, 64 hex digits: all that is kept of it. With 256 bits of chance no slow hash is needed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/** The first characters, to know a token by in lists: 36 of its 256 bits. */
export function hintOf(token: string): string {
  return token.slice(0, HINT_LENGTH);
}
