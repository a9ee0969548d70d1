import type { ExactStat } from '../fs-port';
import { openFileObject } from '../repo/file-object';
import type { Repo } from '../repo/open-repo';
import { verifiedChunks } from '../repo/read-file';
import { missingObject, nameObject } from '../repo/read-object';
import { statGoodSmallFile, verifyObject } from '../repo/verify-object';
import type { ObjectToImport } from './object-list';
import type { Pacer } from './pacer';

/** How much is hashed at a stretch: about a fifth of a second. */
const BYTES_BETWEEN_PAUSES = 32 * 1024 * 1024;

/**
 * As verifyObject, with pauses in large files: a worker's lease must not run out while an image of gigabytes is
 * hashed. Throws as verifyObject; `ostree/aborted`.
 */
export async function verifyPaced(
  repo: Repo,
  object: Pick<ObjectToImport, 'checksum' | 'type'>,
  pacer: Pacer,
): Promise<ExactStat> {
  const { checksum, type } = object;
  if (type !== 'file') return verifyObject(repo, checksum, type);
  try {
    const stat = repo.mode === 'archive' ? statGoodSmallFile(repo, checksum) : null;
    if (stat !== null) return stat;
    const file = openFileObject(repo, checksum);
    if (file === null) throw missingObject(repo, checksum, type);
    try {
      let bytesLeft = BYTES_BETWEEN_PAUSES;
      for (const chunk of verifiedChunks(repo, checksum, file)) {
        bytesLeft -= chunk.length;
        if (bytesLeft > 0) continue;
        await pacer.pause();
        bytesLeft = BYTES_BETWEEN_PAUSES;
      }
      return file.stat;
    } finally {
      file.close();
    }
  } catch (error) {
    throw nameObject(repo, checksum, type, error);
  }
}
