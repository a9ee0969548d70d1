import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundleScript } from '../fixtures/bundle-script';
import { fsckClean, listFiles, ostree, PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { openRepo } from '../repo/open-repo';
import { resolveRef } from '../repo/resolve-rev';

const run = promisify(execFile);
const SCRIPT = `
  import { openRepo } from './repo/open-repo';
  import { pullRevs } from './pull/pull-revs';
  const [source, target, ...refs] = process.argv.slice(2);
  const result = await pullRevs(openRepo(source), openRepo(target), refs, { timeoutSeconds: 120 });
  console.log(JSON.stringify(result.refs));`;

let fixture: PullFixture;
let program: string;
beforeEach(() => {
  fixture = new PullFixture();
  program = bundleScript(fixture.folder, SCRIPT);
});
afterEach(() => fixture.remove());

/** Commits a release to a ref of its own, with content that all refs share and content of its own. */
function release(ref: string, version: number): Checksum {
  fixture.write('etc/config', `version=${version}\n`);
  fixture.write('usr/share/own', `${ref} ${version}\n`);
  return fixture.commit(ref);
}

test('kill -9 at any time leaves a valid target and no lock, and the next pull completes (F-01, F-26)', async () => {
  for (let n = 0; n < 300; n++) fixture.write(`usr/share/file${n}`, `content ${n} `.repeat(n));
  const old = release('os/main', 1);
  await run('node', [program, fixture.sourcePath, fixture.targetPath, 'os/main']);
  const pristine = `${fixture.targetPath}.pristine`;
  cpSync(fixture.targetPath, pristine, { recursive: true });
  for (let n = 0; n < 300; n++) fixture.write(`usr/share/file${n}`, `changed ${n} `.repeat(n));
  const head = release('os/main', 2);
  let killed = 0;
  for (let round = 0; round < 150; round++) {
    rmSync(fixture.targetPath, { recursive: true });
    cpSync(pristine, fixture.targetPath, { recursive: true });
    const child = spawn('node', [program, fixture.sourcePath, fixture.targetPath, 'os/main']);
    const ended = new Promise((resolve) => child.on('close', resolve));
    // Loading takes 50 ms or more; the rest is the pull.
    await sleep(40 + ((round * 7) % 250));
    child.kill('SIGKILL');
    if ((await ended) === null) killed++;
    fsckClean(fixture.targetPath);
    const target = openRepo(fixture.targetPath);
    expect([old, head]).toContain(resolveRef(target, 'os/main'));
    target.close();
    await run('node', [program, fixture.sourcePath, fixture.targetPath, 'os/main']);
    expect(ostree('rev-parse', `--repo=${fixture.targetPath}`, 'os/main').trim()).toBe(head);
    fsckClean(fixture.targetPath);
    expect(listFiles(join(fixture.targetPath, 'state'))).toEqual([]);
    expect(existsSync(join(fixture.targetPath, 'transaction'))).toBe(false);
  }
  expect(killed).toBeGreaterThan(30);
});
