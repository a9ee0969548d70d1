import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ostree, PullFixture } from '../fixtures/pull-fixture';
import { tryOstree } from '../fixtures/run-ostree';
import type { Checksum } from '../format/checksum';
import { fsckRepo } from './fsck-repo';
import { openRepo } from './open-repo';

let fixture: PullFixture;
let head: Checksum;
beforeEach(() => {
  fixture = new PullFixture();
  head = fixture.commit();
});
afterEach(() => fixture.remove());

function place(path: string, text = `${head}\n`): void {
  const file = `${fixture.sourcePath}/refs/${path}`;
  mkdirSync(file.slice(0, file.lastIndexOf('/')), { recursive: true });
  writeFileSync(file, text);
}

async function fsck(options: Parameters<typeof fsckRepo>[1] = {}) {
  const repo = openRepo(fixture.sourcePath);
  const { problems } = await fsckRepo(repo, options);
  repo.close();
  return problems.map(({ code, ref, collectionId }) => [code, ref, collectionId]);
}

const ostreeFsck = (...flags: string[]) =>
  tryOstree('fsck', '--quiet', `--repo=${fixture.sourcePath}`, ...flags).isOk;

describe('refs', () => {
  it('are all looked at, whatever is wrong with one of them, and no content is repeated (R-27)', async () => {
    place('heads/os/broken', 'a secret\n');
    place('heads/os/gone', `${'a'.repeat(64)}\n`);
    place('remotes/origin/far', 'another secret\n');
    place('mirrors/org.example.Other/far', `${'b'.repeat(64)}\n`);
    symlinkSync('/etc/passwd', `${fixture.sourcePath}/refs/heads/os/outside`);
    const repo = openRepo(fixture.sourcePath);
    const { problems } = await fsckRepo(repo);
    repo.close();
    expect(problems.map(({ code, ref, collectionId }) => [code, ref, collectionId]).sort()).toEqual([
      ['ostree/object-missing', 'far', 'org.example.Other'],
      ['ostree/object-missing', 'os/gone', null],
      ['ostree/ref-invalid', 'refs/heads/os/broken', null],
      ['ostree/ref-invalid', 'refs/heads/os/outside', null],
      ['ostree/ref-invalid', 'refs/remotes/origin/far', null],
    ]);
    const text = problems.map(({ message }) => message).join('\n');
    expect(text).toContain('ref far of collection org.example.Other');
    expect(text).not.toMatch(/secret|root:/);
    expect(ostreeFsck()).toBe(false);
  });

  it('on a partial commit are named with their collection, where libostree passes over them (LAB-5)', async () => {
    place('mirrors/org.example.Other/far');
    place('remotes/origin/near');
    writeFileSync(`${fixture.sourcePath}/state/${head}.commitpartial`, '');
    expect(await fsck()).toEqual([
      ['ostree/commit-partial', 'origin:near', null],
      ['ostree/commit-partial', 'os/main', null],
      ['ostree/commit-partial', 'far', 'org.example.Other'],
    ]);
    expect(ostreeFsck()).toBe(true);
  });
});

describe('bindings', () => {
  it('are looked at when that is asked for, as ostree does (LAB-15)', async () => {
    place('heads/os/stable');
    place('remotes/origin/os/main');
    expect(await fsck()).toEqual([]);
    expect(ostreeFsck()).toBe(true);
    expect(await fsck({ verifyBindings: true })).toEqual([['ostree/binding-mismatch', 'os/stable', null]]);
    expect(ostreeFsck('--verify-bindings')).toBe(false);
    rmSync(`${fixture.sourcePath}/refs/heads/os/stable`);
    expect(await fsck({ verifyBindings: true })).toEqual([]);
    expect(ostreeFsck('--verify-bindings')).toBe(true);
  });

  it('name the collection too, once the repository or the mirror has one', async () => {
    place('mirrors/org.example.Other/os/main');
    expect(await fsck({ verifyBindings: true })).toEqual([
      ['ostree/binding-mismatch', 'os/main', 'org.example.Other'],
    ]);
    expect(ostreeFsck('--verify-bindings')).toBe(false);
    rmSync(`${fixture.sourcePath}/refs/mirrors`, { recursive: true });
    ostree('config', `--repo=${fixture.sourcePath}`, 'set', 'core.collection-id', 'org.example.Own');
    expect(await fsck({ verifyBindings: true })).toEqual([['ostree/binding-mismatch', 'os/main', null]]);
    expect(ostreeFsck('--verify-bindings')).toBe(false);
    head = fixture.commit();
    expect(await fsck({ verifyBindings: true })).toEqual([]);
    expect(ostreeFsck('--verify-bindings')).toBe(true);
  });

  it('of no ref at all are fine without a collection', async () => {
    fixture.commit('os/unbound', '--no-bindings');
    expect(await fsck({ verifyBindings: true })).toEqual([]);
    expect(ostreeFsck('--verify-bindings')).toBe(true);
  });

  it('backwards find a commit that its ref has left', async () => {
    expect(await fsck({ verifyBackRefs: true })).toEqual([]);
    expect(ostreeFsck('--verify-back-refs')).toBe(true);
    fixture.write('etc/config', 'version=2\n');
    fixture.commit();
    expect(await fsck({ verifyBackRefs: true })).toEqual([['ostree/binding-mismatch', 'os/main', null]]);
    expect(ostreeFsck('--verify-back-refs')).toBe(false);
    rmSync(`${fixture.sourcePath}/refs/heads/os/main`);
    expect(await fsck({ verifyBackRefs: true })).toHaveLength(2);
    expect(ostreeFsck('--verify-back-refs')).toBe(false);
  });

  it('of no ref do for nothing that a collection serves, and those of another collection neither', async () => {
    ostree('config', `--repo=${fixture.sourcePath}`, 'set', 'core.collection-id', 'org.example.Other');
    head = fixture.commit('os/other');
    fixture.commit('os/unbound', '--no-bindings');
    ostree('config', `--repo=${fixture.sourcePath}`, 'set', 'core.collection-id', 'org.example.Own');
    rmSync(`${fixture.sourcePath}/refs/heads/os/main`);
    const repo = openRepo(fixture.sourcePath);
    const { problems } = await fsckRepo(repo, { verifyBindings: true });
    repo.close();
    expect(problems.map(({ ref, message }) => [ref, message.replace(/^.*which /, '')])).toEqual([
      ['os/other', 'is bound to collection org.example.Other'],
      ['os/unbound', 'is bound to no ref'],
    ]);
    expect(ostreeFsck('--verify-bindings')).toBe(false);
  });
});
