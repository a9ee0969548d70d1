import { randomInt } from 'node:crypto';

/** No two that look alike: no 0 and o, no 1, l and i. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password to read out once: four groups of four characters, 79 bits of chance. */
export function makeOneTimePassword(): string {
  const group = () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return Array.from({ length: 4 }, group).join('-');
}
