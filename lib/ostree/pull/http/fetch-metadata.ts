import { type Checksum, sha256 } from '../../format/checksum';
import { corrupt } from '../../format/format-error';
import { limits } from '../../format/limits';
import { type MetadataType, objectPath } from '../../format/object-path';
import { parseSignatureSet, type SignatureSet } from '../../format/signatures';
import { type Document, fetchDocument } from './fetch-document';
import type { FetchStaging } from './fetch-staging';
import type { HttpClient } from './http-client';
import { nameRemoteObject, untilVerified } from './remote-object';

export interface FetchedMetadata<T> {
  readonly value: T;
  readonly sizeBytes: number;
}

/**
 * Fetches a metadata object into `staging`, its checksum and format checked.
 *
 * @param sizeBytesMax lower than the limit of its type where a summary names the size of a commit
 * @returns what `parse` makes of its bytes; null where the server has no such object
 * @throws AppError `ostree/object-corrupt`, `ostree/object-too-large`, `ostree/fetch-failed`, `ostree/no-space`,
 * `ostree/aborted`
 */
export function fetchMetadata<T>(
  client: HttpClient,
  staging: FetchStaging,
  object: { checksum: Checksum; type: MetadataType; sizeBytesMax?: number },
  parse: (bytes: Uint8Array) => T,
): Promise<FetchedMetadata<T> | null> {
  const { checksum, type } = object;
  const limit = type === 'dirtree' ? limits.dirtreeSizeBytesMax : limits.metadataSizeBytesMax;
  const sizeBytesMax = Math.min(limit, object.sizeBytesMax ?? limit);
  const check = ({ bytes, contentType }: Document) => {
    try {
      if (sha256(bytes) !== checksum) throw corrupt('its bytes do not have its checksum');
      const value = parse(bytes);
      staging.write(checksum, type, bytes);
      return { value, sizeBytes: bytes.length };
    } catch (error) {
      throw nameRemoteObject(staging.repo, checksum, type, error, contentType);
    }
  };
  return untilVerified(async (isFresh) => {
    try {
      const path = objectPath(checksum, type, 'archive');
      return await fetchDocument(client, path, { sizeBytesMax, isFresh }, check);
    } catch (error) {
      throw nameRemoteObject(staging.repo, checksum, type, error, null);
    }
  });
}

/**
 * Fetches the detached metadata of a commit, its signatures among it. It is not content-addressed: nothing of it is
 * checked but its format.
 *
 * @returns null where there is none
 * @throws AppError `ostree/signature-invalid`, `ostree/object-too-large`, `ostree/fetch-failed`, `ostree/aborted`
 */
export async function fetchSignatures(
  client: HttpClient,
  staging: FetchStaging,
  commit: Checksum,
): Promise<SignatureSet | null> {
  const path = objectPath(commit, 'commitmeta', 'archive');
  const options = { sizeBytesMax: limits.metadataSizeBytesMax };
  try {
    return await fetchDocument(client, path, options, ({ bytes, contentType }) => {
      try {
        const set = parseSignatureSet(bytes);
        staging.write(commit, 'commitmeta', bytes);
        return set;
      } catch (error) {
        throw nameRemoteObject(staging.repo, commit, 'commitmeta', error, contentType);
      }
    });
  } catch (error) {
    throw nameRemoteObject(staging.repo, commit, 'commitmeta', error, null);
  }
}
