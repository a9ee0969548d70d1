import { AppError } from '../errors';
import { type Checksum, lookupPath, type Repo, readCommit, readFileContent, type TreeEntry } from '../ostree';

/** The largest file whose text is shown. */
export const TEXT_BYTES_MAX = 256 * 1024;

/** The text of a file, or why it isn't shown. */
export interface ShownText {
  entry: TreeEntry;
  text: string | null;
  whyNoText: string | null;
}

/**
 * The file at `path` of a commit, its text if it is UTF-8 without NUL and not too large. A symlink's text is its target.
 * @throws AppError `ostree/path-not-found`, `ostree/path-invalid`, `ostree/object-corrupt`
 */
export function showText(repo: Repo, checksum: Checksum, path: string): ShownText {
  const entry = lookupPath(repo, readCommit(repo, checksum), path);
  if (entry.type === 'directory') {
    throw new AppError('ostree/path-invalid', `${entry.path} is a directory; list it`, { details: { path } });
  }
  if (entry.type === 'symlink') return { entry, text: entry.target ?? '', whyNoText: null };
  if (entry.sizeBytes > BigInt(TEXT_BYTES_MAX)) {
    return { entry, text: null, whyNoText: 'it is larger than 256 KiB' };
  }
  const text = decodeText(readFileContent(repo, entry.checksum, { maxBytes: TEXT_BYTES_MAX }));
  return { entry, text, whyNoText: text === null ? 'it is no text' : null };
}

function decodeText(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
