import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ostree, PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
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
