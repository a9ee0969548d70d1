import { unlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { HandMadeRepo } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { looseName } from '../format/object-path';
import { nodeFs } from '../fs-port';
import { fsckRepo } from './fsck-repo';
import { openRepo } from './open-repo';

const temporary = temporaryDirectory();
let count = 0;

const ALL = { verifyBindings: true, verifyBackRefs: true };

/** A repository with one commit, which says that it is bound to `refs` of `collection`. */
function bound(refs: string[] | null, collection: string | null = null) {
  const made = new HandMadeRepo(`${temporary}/${count++}`);
  const metadata = new Map();
  if (refs !== null) metadata.set('ostree.ref-binding', { type: 'as', value: refs });
  if (collection !== null) metadata.set('ostree.collection-binding', { type: 's', value: collection });
  return { made, commit: made.commit(made.dirtree({ files: [], dirs: [] }), { metadata }) };
}

async function fsck({ path }: HandMadeRepo, options = ALL, fs = nodeFs) {
  const repo = openRepo(path, { fs });
  const { problems } = await fsckRepo(repo, options);
  repo.close();
  return problems.map(({ code, ref, message }) => [code, ref, message.replace(/^.*, which /, '')]);
}

/** A port on which no file whose path ends so can be opened. */
const unreadable = (end: string) =>
  watchedFs(({ name, args }) => {
    if (name === 'openAt' && String(args[1]).endsWith(end)) throw systemError('EIO', name);
  });

describe('what the disk refuses to read', () => {
  it('is one problem among others, and named: a ref', async () => {
    const { made, commit } = bound(['os/main', 'os/other']);
    made.ref('os/other', commit);
    const why = `"refs/heads/os/other" in ${made.path} cannot be read: EIO: injected, openAt`;
    expect(await fsck(made, ALL, unreadable('os/other'))).toEqual([
      ['ostree/io-failed', 'refs/heads/os/other', why],
      ['ostree/binding-mismatch', 'os/other', 'does not exist'],
    ]);
  });

  it('is reported once, whatever else asks for it: a commit', async () => {
    const { made, commit } = bound(['os/main']);
    const why = `${commit}.commit in ${made.path} cannot be read: EIO: injected, openAt`;
    expect(await fsck(made, ALL, unreadable(looseName(commit, 'commit', 'archive')))).toEqual([
      ['ostree/io-failed', null, why],
    ]);
  });
});

describe('bindings', () => {
  it('to an empty list are to no ref', async () => {
    const { made } = bound([]);
    expect(await fsck(made)).toEqual([
      ['ostree/binding-mismatch', 'os/main', 'is not bound to it, but to no ref'],
    ]);
  });

  it('that are absent, or those of a damaged commit, lead nowhere', async () => {
    const { made, commit } = bound(null);
    expect(await fsck(made)).toEqual([]);
    made.put('commit', Buffer.from('garbage'), commit);
    expect(await fsck(made)).toMatchObject([['ostree/object-corrupt', null, expect.anything()]]);
  });

  it('are looked for where the refs of their collection are mirrored', async () => {
    const { made, commit } = bound(['os/other'], 'org.example.Other');
    unlinkSync(`${made.path}/refs/heads/os/main`);
    expect(await fsck(made)).toEqual([['ostree/binding-mismatch', 'os/other', 'does not exist']]);
    made.write('refs/mirrors/org.example.Other/os/other', commit);
    expect(await fsck(made)).toEqual([]);
  });

  it.each([
    ['../../secret', null],
    ['secret', '../..'],
  ])('lead to no file that is no ref: %j of %j', async (ref, collection) => {
    const { made, commit } = bound([ref], collection);
    made.write('secret', commit);
    expect(await fsck(made, { verifyBindings: false, verifyBackRefs: true })).toEqual([
      ['ostree/binding-mismatch', ref, 'does not exist'],
    ]);
  });
});
