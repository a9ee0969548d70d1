import { closeSync, lstatSync, mkdirSync, openSync, unlinkSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HandMadeRepo } from '../fixtures/hand-made-repo';
import { fsckClean, listFiles, PullFixture } from '../fixtures/pull-fixture';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { sha256 } from '../format/checksum';
import { objectPath } from '../format/object-path';
import { type FsPort, nodeFs } from '../fs-port';
import { setFileXattr } from '../native/xattrs';
import type { CheckJob } from '../threads/thread-job';
import * as threadPool from '../threads/thread-pool';
import { checkObjects } from './check-objects';
import { fsckRepo } from './fsck-repo';
import * as objectBatch from './object-batch';
import { openRepo } from './open-repo';
import { commitState } from './read-commit';

const temporary = temporaryDirectory();
let count = 0;

afterEach(() => {
  vi.restoreAllMocks();
});

function setUp() {
  const made = new HandMadeRepo(`${temporary}/${count++}`);
  const file = made.filez(Buffer.from('content'));
  const root = made.dirtree({ files: [{ name: 'f', checksum: file }], dirs: [] });
  const commit = made.commit(root);
  return { made, file, root, commit, repo: openRepo(made.path) };
}

describe('fsck', () => {
  it('names the ref that points at a commit marked partial, which libostree passes over (LAB-5)', async () => {
    const { made, repo, commit, file } = setUp();
    made.write(`state/${commit}.commitpartial`, '');
    unlinkSync(`${made.path}/${objectPath(file, 'file', 'archive')}`);
    expect(commitState(repo, commit)).toBe('partial');
    const { ok, problems } = await fsckRepo(repo);
    expect(ok).toBe(false);
    expect(problems).toEqual([
      expect.objectContaining({ code: 'ostree/commit-partial', ref: 'os/main', commit }),
    ]);
    unlinkSync(`${made.path}/refs/heads/os/main`);
    expect((await fsckRepo(repo)).ok).toBe(true);
  });

  it('counts every commit as partial while a transaction file is there', () => {
    const { made, repo, commit } = setUp();
    expect(commitState(repo, commit)).toBe('complete');
    expect(commitState(repo, sha256(Buffer.from('x')))).toBe('absent');
    made.write('transaction', '');
    expect(commitState(repo, commit)).toBe('partial');
  });

  it('names the object, the commit and the path, once for each object', async () => {
    const { made, repo, commit, file, root } = setUp();
    const next = made.commit(root, { subject: 'the same tree again' }, 'os/next');
    unlinkSync(`${made.path}/${objectPath(file, 'file', 'archive')}`);
    const { problems } = await fsckRepo(repo);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'ostree/object-missing', object: `${file}.file`, path: '/f' });
    expect([commit, next]).toContain(problems[0]?.commit);
    expect(problems[0]?.message).toContain(made.path);
  });

  it('finds what no commit reaches, signatures, refs and the summary', async () => {
    const { made, repo } = setUp();
    const stray = made.filez(Buffer.from('stray'), { trailing: Buffer.from([1]) });
    const signed = made.put('commitmeta', Buffer.from('garbage'), sha256(Buffer.from('signed')));
    made.ref('os/gone', sha256(Buffer.from('gone')));
    made.write('summary', 'garbage');
    const { problems } = await fsckRepo(repo);
    expect(problems.map(({ code, object, ref }) => [code, object?.slice(0, 64) ?? null, ref])).toEqual([
      ['ostree/signature-invalid', signed, null],
      ['ostree/object-corrupt', stray, null],
      ['ostree/object-missing', sha256(Buffer.from('gone')), 'os/gone'],
      ['ostree/summary-invalid', null, null],
    ]);
  });

  it('reports what the disk refuses to read, and goes on', async () => {
    const { made, file, commit } = setUp();
    const failing: FsPort = {
      ...nodeFs,
      read: (fd, buffer, offset, length, position) => {
        if (nodeFs.fstat(fd).sizeBytes === filezSize)
          throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
        return nodeFs.read(fd, buffer, offset, length, position);
      },
    };
    const filezSize = nodeFs.lstat(`${made.path}/${objectPath(file, 'file', 'archive')}`)?.sizeBytes;
    const { problems } = await fsckRepo(openRepo(made.path, { fs: failing }));
    expect(problems).toEqual([
      expect.objectContaining({ code: 'ostree/io-failed', object: `${file}.file`, commit, path: '/f' }),
    ]);
  });

  it('takes an attribute without a value on a bare object for none, as libostree does', async () => {
    const fixture = new PullFixture('bare');
    fixture.commit();
    const objects = `${fixture.sourcePath}/objects`;
    const file = listFiles(objects).find(
      (name) => name.endsWith('.file') && lstatSync(`${objects}/${name}`).isFile(),
    );
    const fd = openSync(`${objects}/${file}`, 'r');
    setFileXattr(fd, 'user.empty', new Uint8Array(0));
    closeSync(fd);
    expect((await fsckRepo(fixture.openSource())).problems).toEqual([]);
    fsckClean(fixture.sourcePath);
    fixture.remove();
  });

  it('passes over files that are no objects', async () => {
    const { made, repo } = setUp();
    made.write('objects/ab/tmp.123456', 'left by a writer');
    made.write('objects/zz/nothing', '');
    mkdirSync(`${made.path}/objects/ab/directory`);
    expect((await fsckRepo(repo)).ok).toBe(true);
  });

  it('reports what no commit reaches in the order of names', async () => {
    const { made, repo } = setUp();
    const strays = ['1', '2', '3', '4'].map((text) =>
      made.filez(Buffer.from(text), { trailing: Buffer.from([1]) }),
    );
    const { problems } = await fsckRepo(repo);
    expect(problems.map(({ object }) => object)).toEqual(strays.map((checksum) => `${checksum}.file`).sort());
  });

  it('gives many objects to threads, and says the same', async () => {
    const { made, file, repo } = setUp();
    made.filez(Buffer.from('content'), { trailing: Buffer.from([1]) });
    const alone = await fsckRepo(repo);
    vi.spyOn(objectBatch, 'THREADS_PAY_FROM', 'get').mockReturnValue(1 as never);
    // What a process without threads of its own does.
    expect(await fsckRepo(repo)).toEqual(alone);
    vi.spyOn(threadPool, 'startThreads').mockReturnValue(true);
    const types: string[] = [];
    vi.spyOn(threadPool, 'runInThreads').mockImplementation(async (jobs, take) => {
      for (const job of [...jobs].reverse()) {
        const { batch, isQuick } = job as CheckJob;
        types.push(batch.type);
        await take(checkObjects(repo, objectBatch.unpackBatch(batch), isQuick) as never, job);
      }
    });
    expect(await fsckRepo(repo)).toEqual(alone);
    expect(types).toEqual(['file', 'dirmeta', 'dirtree', 'commit']);
    expect(alone.problems).toMatchObject([{ object: `${file}.file`, path: '/f' }]);
  });

  it('stops when it is told to', async () => {
    const { repo } = setUp();
    await expect(fsckRepo(repo, { signal: AbortSignal.abort() })).rejects.toThrow(
      expect.objectContaining({ code: 'ostree/aborted' }),
    );
  });
});
