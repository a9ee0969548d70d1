import type { Checksum } from '../../format/checksum';
import { objectPath } from '../../format/object-path';
import { missingObject } from '../../repo/read-object';
import type { FetchStaging } from './fetch-staging';
import { FileDownload } from './file-download';
import type { HttpClient } from './http-client';
import { nameRemoteObject } from './name-remote-object';
import { untilGood } from './until-good';

/**
 * Fetches a content object of an archive into `staging`, checked while it comes in. A large one that breaks off is
 * asked for from there on: by the same run, or after a kill by the next one.
 *
 * @param contentBytesMax the most content that the object may state
 * @returns the size of its file in bytes
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt`, `ostree/object-too-large`, `ostree/fetch-failed`,
 * `ostree/no-space`, `ostree/aborted`
 */
export function fetchFile(
  client: HttpClient,
  staging: FetchStaging,
  checksum: Checksum,
  contentBytesMax: number,
): Promise<number> {
  const path = objectPath(checksum, 'file', 'archive');
  return untilGood(async (isFresh) => {
    const download = new FileDownload(staging, checksum, { contentBytesMax, isFresh });
    try {
      const isWhole = await download.takeUpPart();
      const fetched = isWhole ? 'fetched' : await client.fetch(path, download);
      if (fetched === 'absent') throw missingObject(staging.repo, checksum, 'file');
      return download.finish();
    } catch (error) {
      download.drop();
      throw nameRemoteObject(staging.repo, checksum, 'file', error, download.contentType);
    } finally {
      download.close();
    }
  });
}
