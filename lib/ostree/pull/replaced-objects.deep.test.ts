import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAppError } from '../../errors';
import { listFiles, objectFile, PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { type FsPort, nodeFs } from '../fs-port';
import { pull } from './pull';

const ROUNDS = 300;
/** Durability is not what is looked at here. */
const fs: FsPort = { ...nodeFs, syncfs: () => undefined, fsync: () => undefined };

/** Puts a symlink, other bytes and the good file in turn in the object's place, as fast as it can. */
const SWAPPER = `
const fs = require('node:fs');
const [path, good, bad, secret] = process.argv.slice(1);
process.stdout.write('swapping');
for (;;) {
  for (const put of [() => fs.symlinkSync(secret, path + '.new'), () => fs.linkSync(bad, path + '.new'), () => fs.linkSync(good, path + '.new')]) {
    put();
    fs.renameSync(path + '.new', path);
  }
}`;

let fixture: PullFixture;
let head: Checksum;
beforeEach(() => {
  fixture = new PullFixture();
  head = fixture.commit();
});
afterEach(() => fixture.remove());

test.each(['filez', 'dirtree', 'dirmeta'])(
  `a %s that another process replaces all the time is refused, or is the good one, ${ROUNDS} times`,
  async (extension) => {
    const objects = join(fixture.sourcePath, 'objects');
    const object = listFiles(objects).find((path) => path.endsWith(`.${extension}`)) as string;
    const path = join(objects, object);
    const [good, bad, secret] = ['good', 'bad', 'secret'].map((name) => join(fixture.folder, name)) as [
      string,
      string,
      string,
    ];
    cpSync(path, good);
    const bytes = readFileSync(path);
    // Of the same size, so that only its bytes tell.
    writeFileSync(bad, Buffer.from(bytes).fill(0x61));
    writeFileSync(secret, 'root:$6$secret');
    const pristine = join(fixture.folder, 'pristine');
    cpSync(fixture.targetPath, pristine, { recursive: true });
    const swapper = spawn(process.execPath, ['-e', SWAPPER, '--', path, good, bad, secret], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const outcomes: Record<string, number> = {};
    try {
      await once(swapper.stdout, 'data');
      for (let round = 0; round < ROUNDS; round++) {
        rmSync(fixture.targetPath, { recursive: true });
        cpSync(pristine, fixture.targetPath, { recursive: true });
        const outcome = await pullOnce();
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        const come = objectFile(fixture.targetPath, object.slice(0, 2) + object.slice(3, 65), extension);
        const isHere = listFiles(join(fixture.targetPath, 'objects')).includes(object);
        // What came under its name is the good one, also where the pull was refused: later pulls would stop at another.
        if (isHere) expect(readFileSync(come)).toEqual(bytes);
        if (outcome === 'pulled') expect(isHere).toBe(true);
        else {
          // Nothing refers to what came, and the commit has not come.
          expect(listFiles(join(fixture.targetPath, 'objects'))).not.toContain(
            `${head.slice(0, 2)}/${head.slice(2)}.commit`,
          );
          expect(listFiles(join(fixture.targetPath, 'state'))).toEqual([]);
        }
      }
    } finally {
      swapper.kill('SIGKILL');
    }
    console.log(extension, outcomes);
    expect(Object.keys(outcomes).sort()).toEqual(expect.arrayContaining(['ostree/object-corrupt', 'pulled']));
  },
);

async function pullOnce(): Promise<string> {
  const source = fixture.openSource(fs);
  const target = fixture.openTarget(fs);
  try {
    await pull(source, target, { commits: [head] });
    return 'pulled';
  } catch (error) {
    if (!isAppError(error)) throw error;
    // To link a file whose last name goes at that instant finds none.
    expect(error.code).toMatch(/^ostree\/(?:object-corrupt|object-missing|source-changed)$/);
    return error.code;
  } finally {
    source.close();
    target.close();
  }
}
