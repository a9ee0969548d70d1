import { AppError, isAppError } from '../../../errors';
import { limits } from '../../format/limits';
import { NO_SIGNATURES, parseSignatureSet } from '../../format/signatures';
import { type ParsedSummary, parseSummary } from '../../format/summary';
import { fetchDocument } from './fetch-document';
import type { HttpClient } from './http-client';
import type { SignatureCheck } from './signature-check';
import { untilGood } from './until-good';

interface Pair {
  readonly summary: Buffer;
  readonly signatures: Buffer | null;
}

/**
 * Fetches the summary, and where keys are given its signature, in the order in which libostree's clients do: signature
 * first. A pair that does not go together may have been caught while it was being replaced, and is fetched once more.
 *
 * @returns null where the server has no summary
 * @throws AppError `ostree/summary-invalid`, `ostree/signature-invalid`, `ostree/object-too-large`,
 * `ostree/fetch-failed`, `ostree/aborted`
 */
export function fetchSummary(
  client: HttpClient,
  check: SignatureCheck | null,
): Promise<ParsedSummary | null> {
  const fetch = async (isFresh: boolean) => {
    const pair = await fetchPair(client, check !== null, isFresh);
    if (pair === null) return null;
    if (check !== null) await assertPair(client, check, pair);
    return parse(client, pair);
  };
  return untilGood(fetch, () => client.pause());
}

async function fetchPair(
  client: HttpClient,
  withSignatures: boolean,
  isFresh: boolean,
): Promise<Pair | null> {
  const get = (path: string, sizeBytesMax: number) =>
    fetchDocument(client, path, sizeBytesMax, ({ bytes }) => bytes, { isFresh });
  const signatures = withSignatures ? await get('summary.sig', limits.metadataSizeBytesMax) : null;
  const summary = await get('summary', limits.summarySizeBytesMax);
  return summary === null ? null : { summary, signatures };
}

async function assertPair(client: HttpClient, check: SignatureCheck, pair: Pair): Promise<void> {
  const what = `the summary of ${client.base.href}`;
  let set = NO_SIGNATURES;
  try {
    if (pair.signatures !== null) set = parseSignatureSet(pair.signatures);
  } catch (error) {
    /* v8 ignore if -- a parser throws nothing else */
    if (!isAppError(error)) throw error;
    const message = `the signature of ${what} is damaged: ${error.message}`;
    throw new AppError(error.code, message, { details: { url: client.base.href }, cause: error });
  }
  await check.assertSigned(what, pair.summary, set);
}

function parse(client: HttpClient, { summary }: Pair): ParsedSummary {
  try {
    return parseSummary(summary);
  } catch (error) {
    /* v8 ignore if -- a parser throws nothing else */
    if (!isAppError(error)) throw error;
    const message = `the summary of ${client.base.href} is damaged: ${error.message}`;
    throw new AppError(error.code, message, { details: { url: client.base.href }, cause: error });
  }
}
