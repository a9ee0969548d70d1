import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../../fixtures/faulty-fs';
import { PLAIN_FILE } from '../../fixtures/hand-made-repo';
import { temporaryDirectory } from '../../fixtures/temporary-directory';
import { sha256 } from '../../format/checksum';
import { serializeFileHeader, serializeFilezHeader } from '../../format/file-header';
import { type FsPort, nodeFs } from '../../fs-port';
import { initRepo } from '../../repo/init-repo';
import { openRepo, type Repo } from '../../repo/open-repo';
import { FetchStaging } from './fetch-staging';
import { FileDownload } from './file-download';

const folder = temporaryDirectory();
const content = randomBytes(60_000);
const checksum = sha256(serializeFileHeader(PLAIN_FILE), content);
const filez = Buffer.concat([
  serializeFilezHeader({ ...PLAIN_FILE, sizeBytes: BigInt(content.length) }),
  deflateRawSync(content),
]);
let targetPath: string;
let targets = 0;
let target: Repo;
let staging: FetchStaging;
let download: FileDownload;
beforeEach(() => {
  targetPath = join(folder, `target-${targets++}`);
  initRepo(targetPath);
});
afterEach(() => {
  download.close();
  staging.close();
  target.close();
});

/** A download of the object of which a killed process left `part`. */
function begin(part: Uint8Array, fs?: FsPort): FileDownload {
  const left = join(targetPath, 'tmp/treeline-fetch-left');
  mkdirSync(join(left, 'parts'), { recursive: true });
  writeFileSync(join(left, 'lock'), '');
  writeFileSync(join(left, 'parts', checksum), part);
  target = openRepo(targetPath, { fs });
  staging = FetchStaging.open(target, 'http://example.org/');
  download = new FileDownload(staging, checksum, { contentBytesMax: 1_000_000, isFresh: false });
  return download;
}

test('the rest of a part that was left is asked for', async () => {
  expect(await begin(filez.subarray(0, 30_000)).takeUpPart()).toBe(false);
  expect(download.headers()).toEqual({ Range: 'bytes=30000-' });
  download.begin({ status: 206, headers: { 'content-range': `bytes 30000-${filez.length - 1}/*` } });
  download.take(filez.subarray(30_000));
  expect(download.finish()).toBe(filez.length);
  expect(readFileSync(staging.pathOf(checksum, 'file'))).toEqual(filez);
});

test('nothing is asked for where only the name was missing', async () => {
  expect(await begin(filez).takeUpPart()).toBe(true);
  expect(download.finish()).toBe(filez.length);
});

test('a part that a power cut has torn is dropped, and all is asked for', async () => {
  const torn = Buffer.from(filez.subarray(0, 30_000));
  torn.fill(0, 4, 1000);
  expect(await begin(torn).takeUpPart()).toBe(false);
  expect(staging.hasPart(checksum)).toBe(false);
  expect(download.headers()).toEqual({});
});

test('a disk that fails to read a part is no reason to drop it', async () => {
  let isFailing = false;
  const fs = watchedFs(({ name }) => {
    if (name === 'read' && isFailing) throw systemError('EIO', name);
  });
  begin(filez, fs);
  isFailing = true;
  await expect(download.takeUpPart()).rejects.toMatchObject({ code: 'EIO' });
  expect(staging.hasPart(checksum)).toBe(true);
});

test('others have their turn while a large part is read', async () => {
  // Reads as short as they may be: many for little.
  const short: FsPort = {
    ...nodeFs,
    read: (fd, buffer, offset, length, position) =>
      nodeFs.read(fd, buffer, offset, Math.min(length, 100), position),
  };
  begin(filez, short);
  let turns = 0;
  setImmediate(() => turns++);
  expect(await download.takeUpPart()).toBe(true);
  expect(turns).toBe(1);
});
