/**
 * A fresh key for one form: 32 hex digits. `crypto.randomUUID` is missing where a page is served over
 * plain http on a host name, `getRandomValues` never is.
 */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
