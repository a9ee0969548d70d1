import { openSync, readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { HandMadeRepo } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import { sha256 } from '../format/checksum';
import { nodeFs } from '../fs-port';
import { openRepo } from './open-repo';
import { writeFileContentTo } from './read-file';

const temporary = temporaryDirectory();
const made = new HandMadeRepo(`${temporary}/repo`);
const content = Buffer.alloc(300_000, 'content');
const file = made.filez(content);

/** A port whose first write fails. */
function failingOnce(code: string) {
  let isDue = true;
  return watchedFs(({ name }) => {
    if (name !== 'write' || !isDue) return;
    isDue = false;
    throw systemError(code, name);
  });
}

describe('the content of a file', () => {
  it.each([
    ['', nodeFs],
    [', a pipe that is full at first', failingOnce('EAGAIN')],
  ])('goes to a descriptor%s', async (_, fs) => {
    const fd = openSync(`${temporary}/copy`, 'w');
    const repo = openRepo(made.path, { fs });
    await writeFileContentTo(repo, file, fd);
    expect(readFileSync(`${temporary}/copy`).equals(content)).toBe(true);
    nodeFs.close(fd);
    repo.close();
  });

  it('that cannot be written is given up with the error of the write', async () => {
    const fd = openSync(`${temporary}/copy`, 'w');
    const repo = openRepo(made.path, { fs: failingOnce('EPIPE') });
    await expect(writeFileContentTo(repo, file, fd)).rejects.toThrow(systemError('EPIPE', 'write'));
    nodeFs.close(fd);
    repo.close();
  });

  it.each([
    ['takes all at once', 1_000_000],
    ['has to be waited for', 1],
  ])('goes to a stream that %s', async (_, highWaterMark) => {
    const repo = openRepo(made.path);
    const chunks: Buffer[] = [];
    const sink = new Writable({
      highWaterMark,
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        setImmediate(done);
      },
    });
    await writeFileContentTo(repo, file, sink);
    await new Promise<void>((resolve) => sink.end(resolve));
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
    repo.close();
  });

  it('that is damaged is refused by name after it was written', async () => {
    const damaged = made.filez(Buffer.from('damaged'), { trailing: Buffer.from('x') });
    const repo = openRepo(made.path);
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
    await expect(writeFileContentTo(repo, damaged, sink)).rejects.toThrow(`${damaged}.file in ${made.path}`);
    const absent = sha256(Buffer.from('absent'));
    await expect(writeFileContentTo(repo, absent, sink)).rejects.toThrow(withCode('ostree/object-missing'));
    repo.close();
  });
});
