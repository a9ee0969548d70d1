import { type Checksum, sha256 } from '../../format/checksum';
import { corrupt } from '../../format/format-error';
import { limits } from '../../format/limits';
import { type MetadataType, objectPath, type SideType } from '../../format/object-path';
import { parseSignatureSet, type SignatureSet } from '../../format/signatures';
import { type Document, fetchDocument } from './fetch-document';
import type { FetchStaging } from './fetch-staging';
import type { HttpClient } from './http-client';
import { nameRemoteObject } from './name-remote-object';

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
  return namingWhatCame(staging, checksum, type, () =>
    fetchDocument(client, objectPath(checksum, type, 'archive'), sizeBytesMax, check),
  );
}

/**
 * Fetches the detached metadata of a commit, its signatures among it. It is not content-addressed: nothing of it is
 * checked but its format.
 *
 * @returns null where there is none
 * @throws AppError `ostree/signature-invalid`, `ostree/object-too-large`, `ostree/fetch-failed`, `ostree/aborted`
 */
export function fetchSignatures(
  client: HttpClient,
  staging: FetchStaging,
  commit: Checksum,
): Promise<SignatureSet | null> {
  const path = objectPath(commit, 'commitmeta', 'archive');
  const check = ({ bytes, contentType }: Document) => {
    try {
      const set = parseSignatureSet(bytes);
      staging.write(commit, 'commitmeta', bytes);
      return set;
    } catch (error) {
      throw nameRemoteObject(staging.repo, commit, 'commitmeta', error, contentType);
    }
  };
  return namingWhatCame(staging, commit, 'commitmeta', () =>
    fetchDocument(client, path, limits.metadataSizeBytesMax, check),
  );
}

/** A document that is too large is refused before its content is looked at. */
async function namingWhatCame<T>(
  staging: FetchStaging,
  checksum: Checksum,
  type: MetadataType | SideType,
  fetch: () => Promise<T>,
): Promise<T> {
  try {
    return await fetch();
  } catch (error) {
    throw nameRemoteObject(staging.repo, checksum, type, error, null);
  }
}
