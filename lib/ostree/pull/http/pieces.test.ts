import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PLAIN_FILE } from '../../fixtures/hand-made-repo';
import { sha256 } from '../../format/checksum';
import { serializeFileHeader, serializeFilezHeader } from '../../format/file-header';
import { FilezVerifier } from './filez-verifier';
import { GrowingBuffer } from './growing-buffer';
import { fileUrl, looksLikeUrl, parseRemoteUrl } from './remote-url';
import { parseRetryAfter, retryDelayMilliseconds } from './retry-policy';
import { runJobs } from './run-jobs';

/** `bytes` cut at the places that `cuts` name. */
function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set([0, ...cuts.map((one) => one % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

function verdict(checksum: ReturnType<typeof sha256>, pieces: readonly Uint8Array[]): string {
  const verifier = new FilezVerifier(checksum, 1_000_000);
  try {
    for (const piece of pieces) verifier.push(piece);
    verifier.finish();
    return 'good';
  } catch (error) {
    return (error as Error).message;
  } finally {
    verifier.close();
  }
}

describe('a content object in pieces', () => {
  const anyFile = fc.record({
    content: fc.uint8Array({ maxLength: 3000 }),
    target: fc.constantFrom('', '../tool'),
    cuts: fc.array(fc.nat(4000), { maxLength: 12 }),
  });

  test('is good, however it is cut; and one with a changed, missing or further byte never is', () => {
    fc.assert(
      fc.property(
        anyFile,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ({ content, target, cuts }, at, flip) => {
          const isSymlink = target !== '';
          const header = { ...PLAIN_FILE, mode: isSymlink ? 0o120777 : 0o100644, target };
          const body = isSymlink ? new Uint8Array(0) : content;
          const checksum = sha256(serializeFileHeader(header), body);
          const filez = Buffer.concat([
            serializeFilezHeader({ ...header, sizeBytes: BigInt(body.length) }),
            isSymlink ? body : deflateRawSync(body, { level: 0 }),
          ]);
          expect(verdict(checksum, cut(filez, cuts))).toBe('good');
          expect(verdict(checksum, cut(filez.subarray(0, -1), cuts))).not.toBe('good');
          expect(verdict(checksum, cut(Buffer.concat([filez, Buffer.from([0])]), cuts))).not.toBe('good');
          const changed = Buffer.from(filez);
          changed[at % changed.length] = (changed[at % changed.length] as number) ^ flip;
          // Bits that pad a block header to a byte mean nothing; what is told apart must be told alike, however it is cut.
          expect(verdict(checksum, cut(changed, cuts))).toBe(verdict(checksum, [changed]));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is refused as soon as it states more content than is allowed', () => {
    const verifier = new FilezVerifier(sha256(new Uint8Array(0)), 99);
    const head = serializeFilezHeader({ ...PLAIN_FILE, sizeBytes: 100n });
    expect(() => verifier.push(head)).toThrow('it states 100 bytes of content, and 99 are allowed');
    verifier.close();
  });
});

test('a buffer gives what was put in, and is never much larger', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 20 }), (pieces) => {
      const buffer = new GrowingBuffer();
      for (const piece of pieces) buffer.append(piece);
      expect(buffer.view()).toEqual(Buffer.concat(pieces));
      buffer.append(Buffer.from('more'));
      expect(buffer.view()).toEqual(Buffer.concat([...pieces, Buffer.from('more')]));
      expect(buffer.length).toBe(buffer.view().length);
    }),
  );
});

test.each([
  ['http://example.org', 'http://example.org/'],
  ['https://example.org:8443/os/repo', 'https://example.org:8443/os/repo/'],
  ['HTTP://Example.ORG/a/../b/', 'http://example.org/b/'],
])('%s is the repository %s', (text, url) => {
  expect(looksLikeUrl(text)).toBe(true);
  expect(parseRemoteUrl(text).href).toBe(url);
  expect(fileUrl(parseRemoteUrl(text), 'refs/heads/ä/b').href).toBe(`${url}refs/heads/%C3%A4/b`);
});

test.each([
  'example.org/repo',
  'file:///srv/repo',
  'ftp://example.org/',
  'javascript://example.org/',
  'http://user@example.org/',
  'http://user:hunter2@example.org/',
  'http://example.org/?token=1',
  'http://example.org/#a',
  'http://exa\nmple.org/',
  'http:// example.org/',
  'http://',
])('%j is no address of a repository', (text) => {
  expect(() => parseRemoteUrl(text)).toThrow(expect.objectContaining({ code: 'ostree/url-invalid' }));
  expect(() => parseRemoteUrl(text)).not.toThrow(/hunter2/);
});

test.each(['/srv/repo', 'repo', '../http:/repo', 'C:\\repo', 'remote:ref'])('%j is a path', (text) => {
  expect(looksLikeUrl(text)).toBe(false);
});

test('waits grow, are bounded, and follow what the server asks for', () => {
  const delay = (failures: number, asked: number | null = null, random = 0.999999) =>
    Math.round(retryDelayMilliseconds(failures, asked, { backoffMilliseconds: 500, random }));
  expect([1, 2, 3, 4, 5, 6, 60].map((failures) => delay(failures))).toEqual([
    500, 1000, 2000, 4000, 8000, 10_000, 10_000,
  ]);
  expect(delay(1, null, 0)).toBe(250);
  expect(delay(1, 7)).toBe(7000);
  expect(delay(1, 86_400)).toBe(60_000);
  expect(['7', undefined, 'Wed, 21 Oct 2026 07:28:00 GMT', '-1', '1e9'].map(parseRetryAfter)).toEqual([
    7,
    null,
    null,
    null,
    null,
  ]);
});

test('after the first failure no job begins, and its error is told when all have ended', async () => {
  const begun: number[] = [];
  let isStopped = false;
  const jobs = [0, 1, 2, 3, 4].map((n) => async () => {
    begun.push(n);
    await new Promise((resolve) => setTimeout(resolve, n * 5));
    if (n === 1) throw new Error('the first');
    if (isStopped) throw new Error('a later one');
  });
  const stop = () => {
    isStopped = true;
  };
  await expect(runJobs(3, () => jobs.shift() ?? null, stop)).rejects.toThrow('the first');
  expect(begun).toEqual([0, 1, 2, 3]);
  await runJobs(3, () => null, stop);
});
