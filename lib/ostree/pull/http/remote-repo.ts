import { AppError, isAppError } from '../../../errors';
import { type Checksum, isChecksum } from '../../format/checksum';
import { limits } from '../../format/limits';
import { quoteName } from '../../format/ref-name';
import type { ParsedSummary, SummaryRef } from '../../format/summary';
import { parseRepoConfig, type RepoConfig } from '../../repo/config';
import { fetchDocument } from './fetch-document';
import type { HttpClient } from './http-client';

/** Reads what a repository says of itself; only an archive can be pulled from over HTTP, as with libostree. */
export async function fetchConfig(client: HttpClient): Promise<RepoConfig> {
  const url = client.base.href;
  const config = await fetchDocument(client, 'config', limits.configSizeBytesMax, ({ bytes }) => {
    try {
      return parseRepoConfig(bytes.toString('utf8'), '/');
    } catch (error) {
      /* v8 ignore if -- a parser throws nothing else */
      if (!isAppError(error)) throw error;
      throw new AppError(error.code, `the config of ${url} cannot be used: ${error.message}`, {
        details: { url },
        cause: error,
      });
    }
  });
  if (config === null) {
    throw new AppError('ostree/repo-not-found', `${url} has no config file: it is not an OSTree repository`, {
      details: { url },
    });
  }
  if (config.mode !== 'archive') {
    throw new AppError(
      'ostree/mode-mismatch',
      `${url} is in mode ${config.mode}: over HTTP only an archive can be pulled from`,
      { details: { url, mode: config.mode } },
    );
  }
  if (config.parent !== null) {
    throw new AppError(
      'ostree/repo-unsupported',
      `${url} keeps objects in a parent repository (core.parent): pull from a whole one`,
      { details: { url } },
    );
  }
  return config;
}

/** What a person asked for: a ref, perhaps of another collection, or a checksum. */
export type WantedRev =
  | { readonly kind: 'checksum'; readonly checksum: Checksum }
  | { readonly kind: 'ref'; readonly collectionId: string | null; readonly ref: string };

/** What it is on the server. */
export interface ResolvedRev {
  readonly wanted: WantedRev;
  readonly checksum: Checksum;
  /** Size of the commit as the summary gives it; null where no summary does. */
  readonly commitSizeBytes: number | null;
}

/**
 * The commit that a rev names on the server: from the summary where there is one, else from the ref's own file.
 * @throws AppError `ostree/rev-not-found`, `ostree/ref-invalid`, `ostree/fetch-failed`
 */
export async function resolveRemote(
  client: HttpClient,
  remote: { config: RepoConfig; summary: ParsedSummary | null },
  wanted: WantedRev,
): Promise<ResolvedRev> {
  if (wanted.kind === 'checksum') return { wanted, checksum: wanted.checksum, commitSizeBytes: null };
  const { config, summary } = remote;
  if (summary === null) {
    const checksum = await fetchRef(client, refPath(wanted, config));
    if (checksum === null) throw noSuchRef(client, wanted, 'it has no such ref');
    return { wanted, checksum, commitSizeBytes: null };
  }
  const found = findInSummary(summary, wanted);
  if (found === null) throw noSuchRef(client, wanted, 'its summary has no such ref');
  return { wanted, checksum: found.checksum, commitSizeBytes: Number(found.commitSizeBytes) };
}

type WantedRef = Extract<WantedRev, { kind: 'ref' }>;

function findInSummary(summary: ParsedSummary, { collectionId, ref }: WantedRef): SummaryRef | null {
  const isOwn = collectionId === null || collectionId === summary.collectionId;
  const refs = isOwn ? summary.refs : (summary.collectionRefs.get(collectionId) ?? []);
  return refs.find((one) => one.ref === ref) ?? null;
}

function refPath({ collectionId, ref }: WantedRef, config: RepoConfig): string {
  const isOwn = collectionId === null || collectionId === config.collectionId;
  return isOwn ? `refs/heads/${ref}` : `refs/mirrors/${collectionId}/${ref}`;
}

/** So much of a ref file is looked at before it is called none: an error page, for one. */
const REF_ANSWER_BYTES_MAX = 64 * 1024;

/** What a ref file holds is never repeated in an error. */
function fetchRef(client: HttpClient, path: string): Promise<Checksum | null> {
  return fetchDocument(client, path, REF_ANSWER_BYTES_MAX, ({ bytes }) => {
    const text = bytes.toString('latin1').trimEnd();
    if (bytes.length <= limits.refFileSizeBytesMax && isChecksum(text)) return text;
    const message = `${path} of ${client.base.href} does not hold a checksum`;
    throw new AppError('ostree/ref-invalid', message, { details: { ref: path, url: client.base.href } });
  });
}

function noSuchRef(client: HttpClient, { collectionId, ref }: WantedRef, why: string): AppError {
  const name = quoteName(collectionId === null ? ref : `${collectionId}:${ref}`);
  const message = `${name} names nothing at ${client.base.href}: ${why}`;
  return new AppError('ostree/rev-not-found', message, { details: { rev: ref, url: client.base.href } });
}
