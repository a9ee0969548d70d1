export type ReadKey = { type: 'ed25519' | 'gpg'; publicKey: string } | { error: string };

/** base64 of 32 bytes, the size of an ed25519 public key. */
const ED25519_PUBLIC = /^[A-Za-z0-9+/]{43}=$/;
/** base64 of 64 bytes, the size of an ed25519 secret key as `ostree sign` keeps it. */
const ED25519_SECRET = /^[A-Za-z0-9+/]{86}==$/;

/**
 * What kind of public key a pasted text is. A secret key is refused before it is sent anywhere: it must
 * not pass through the web process.
 */
export function readPublicKey(text: string): ReadKey {
  const trimmed = text.trim();
  if (trimmed === '') return { error: 'Paste a public key.' };
  if (/PRIVATE KEY/.test(trimmed) || ED25519_SECRET.test(trimmed)) {
    return {
      error:
        'This is a secret key. It was not sent. Import it on the server with the command below the list of keys.',
    };
  }
  if (trimmed.startsWith('-----BEGIN PGP PUBLIC KEY BLOCK-----')) return { type: 'gpg', publicKey: trimmed };
  if (ED25519_PUBLIC.test(trimmed)) return { type: 'ed25519', publicKey: trimmed };
  return { error: 'This is neither an ed25519 public key (44 signs of base64) nor a GPG public key block.' };
}
