import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { ostree, PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { listRefs } from '../repo/list-refs';
import { sweepRefs } from './sweep-refs';

let fixture: PullFixture;
let head: Checksum;
beforeEach(() => {
  fixture = new PullFixture();
  head = fixture.commit();
});
afterEach(() => fixture.remove());

const refFile = (ref: string) => join(fixture.sourcePath, 'refs/heads', ref);

test('an old leftover that says what another ref says is removed', () => {
  writeFileSync(refFile('os/tmp.Ab12Cd'), `${head}\n`);
  utimesSync(refFile('os/tmp.Ab12Cd'), 1, 1);
  expect(sweepRefs(fixture.openSource())).toEqual({ removed: ['os/tmp.Ab12Cd'], carried: [] });
  expect(existsSync(refFile('os/tmp.Ab12Cd'))).toBe(false);
  expect(existsSync(refFile('os/main'))).toBe(true);
});

test('whoever has listed the refs has them looked at without another look', () => {
  writeFileSync(refFile('os/tmp.Ab12Cd'), `${head}\n`);
  utimesSync(refFile('os/tmp.Ab12Cd'), 1, 1);
  const refs = listRefs(fixture.openSource(), { includeMirrors: true });
  const fs = watchedFs(({ name }) => {
    if (name === 'readdir') throw systemError('EIO', name);
  });
  const repo = fixture.openSource(fs);
  expect(sweepRefs(repo, { refs: refs.filter(({ ref }) => ref === 'os/main') })).toEqual({
    removed: [],
    carried: [],
  });
  expect(sweepRefs(repo, { refs })).toEqual({ removed: ['os/tmp.Ab12Cd'], carried: [] });
  expect(existsSync(refFile('os/tmp.Ab12Cd'))).toBe(false);
});

test('a young leftover, or one that says something of its own, is refused and left', () => {
  const refused = expect.objectContaining({
    code: 'ostree/ref-invalid',
    message: expect.stringContaining('tmp.Ab12Cd'),
  });
  writeFileSync(refFile('tmp.Ab12Cd'), `${head}\n`);
  expect(() => sweepRefs(fixture.openSource())).toThrow(refused);
  fixture.write('etc/config', 'version=2\n');
  fixture.commit();
  utimesSync(refFile('tmp.Ab12Cd'), 1, 1);
  expect(() => sweepRefs(fixture.openSource())).toThrow(refused);
  expect(existsSync(refFile('tmp.Ab12Cd'))).toBe(true);
});

test('a name that Treeline would not write is carried while the served summary has it so', () => {
  writeFileSync(refFile('ünï'), `${head}\n`);
  expect(() => sweepRefs(fixture.openSource())).toThrow(
    expect.objectContaining({ code: 'ostree/ref-invalid' }),
  );
  ostree('summary', '-u', `--repo=${fixture.sourcePath}`);
  expect(sweepRefs(fixture.openSource())).toEqual({ removed: [], carried: ['ünï'] });
  fixture.write('etc/config', 'version=2\n');
  writeFileSync(refFile('ünï'), `${fixture.commit('os/next')}\n`);
  expect(() => sweepRefs(fixture.openSource())).toThrow(
    expect.objectContaining({ code: 'ostree/ref-invalid' }),
  );
});

test('refs of mirrors are swept too, since a summary publishes them', () => {
  const mirror = join(fixture.sourcePath, 'refs/mirrors/org.example.Other');
  mkdirSync(join(mirror, 'os'), { recursive: true });
  writeFileSync(join(mirror, 'os/main'), `${head}\n`);
  writeFileSync(join(mirror, 'os/tmp.Ab12Cd'), `${head}\n`);
  const refused = expect.objectContaining({ code: 'ostree/ref-invalid' });
  expect(() => sweepRefs(fixture.openSource())).toThrow(refused);
  utimesSync(join(mirror, 'os/tmp.Ab12Cd'), 1, 1);
  expect(sweepRefs(fixture.openSource())).toEqual({ removed: ['os/tmp.Ab12Cd'], carried: [] });
  expect(existsSync(join(mirror, 'os/tmp.Ab12Cd'))).toBe(false);
  writeFileSync(join(mirror, 'ünï'), `${head}\n`);
  expect(() => sweepRefs(fixture.openSource())).toThrow(refused);
  ostree('summary', '-u', `--repo=${fixture.sourcePath}`);
  expect(sweepRefs(fixture.openSource())).toEqual({ removed: [], carried: ['ünï'] });
});

test('the ref that ostree keeps for its own metadata is like any other', () => {
  writeFileSync(refFile('ostree-metadata'), `${head}\n`);
  expect(sweepRefs(fixture.openSource())).toEqual({ removed: [], carried: [] });
  // Also where another name has all of them looked at.
  writeFileSync(refFile('os/tmp.Ab12Cd'), `${head}\n`);
  utimesSync(refFile('os/tmp.Ab12Cd'), 1, 1);
  expect(sweepRefs(fixture.openSource())).toEqual({ removed: ['os/tmp.Ab12Cd'], carried: [] });
  expect(existsSync(refFile('ostree-metadata'))).toBe(true);
});

test('a leftover that somebody else removes meanwhile is gone; one that refuses to go is named', () => {
  const plant = () => {
    writeFileSync(refFile('os/tmp.Ab12Cd'), `${head}\n`);
    utimesSync(refFile('os/tmp.Ab12Cd'), 1, 1);
  };
  const atUnlink = (action: (path: string) => void) =>
    watchedFs(({ name, args }) => {
      if (name === 'unlink') action(String(args[0]));
    });
  plant();
  expect(sweepRefs(fixture.openSource(atUnlink(rmSync))).removed).toEqual(['os/tmp.Ab12Cd']);
  plant();
  const refuse = () => {
    throw systemError('EACCES', 'unlink');
  };
  expect(() => sweepRefs(fixture.openSource(atUnlink(refuse)))).toThrow(
    expect.objectContaining({
      code: 'ostree/repo-read-only',
      message: expect.stringContaining(`refs/heads/os/tmp.Ab12Cd from ${fixture.sourcePath} failed`),
    }),
  );
  expect(existsSync(refFile('os/tmp.Ab12Cd'))).toBe(true);
});

test('a leftover whose removal cannot be made durable is named too', () => {
  writeFileSync(refFile('os/tmp.Ab12Cd'), `${head}\n`);
  utimesSync(refFile('os/tmp.Ab12Cd'), 1, 1);
  const fs = watchedFs(({ name }) => {
    if (name === 'fsync') throw systemError('EIO', 'fsync');
  });
  expect(() => sweepRefs(fixture.openSource(fs))).toThrow(
    expect.objectContaining({
      code: 'ostree/io-failed',
      message: expect.stringContaining(`refs/heads/os/tmp.Ab12Cd from ${fixture.sourcePath} failed`),
    }),
  );
});
