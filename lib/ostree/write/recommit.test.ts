import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Variant } from '../../gvariant';
import { HandMadeRepo } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import type { Checksum } from '../format/checksum';
import type { RepoMode } from '../format/object-path';
import { SIZES_KEY, serializeObjectSizes } from '../format/object-sizes';
import { openRepo, type Repo } from '../repo/open-repo';
import { planRecommit } from './recommit';

const base = temporaryDirectory();
const MODES: readonly RepoMode[] = ['archive', 'bare-user'];
const repos = new Map<RepoMode, Repo>();
const sizes = serializeObjectSizes([]);
let from: Checksum;

beforeAll(() => {
  for (const mode of MODES) {
    const hand = new HandMadeRepo(join(base, mode), mode);
    const metadata = new Map<string, Variant>([
      ['version', { type: 's', value: '1' }],
      [SIZES_KEY, sizes],
    ]);
    from = hand.commit(hand.dirtree({ files: [], dirs: [] }), { metadata });
    repos.set(mode, openRepo(hand.path));
  }
});
afterAll(() => {
  for (const repo of repos.values()) repo.close();
});

function plan(source: RepoMode, target: RepoMode, metadata?: ReadonlyMap<string, string | Variant>) {
  const request = { from, toRef: 'os/stable', timestamp: 1_800_000_000, metadata };
  return planRecommit(repos.get(source) as Repo, repos.get(target) as Repo, request).commit.metadata;
}

test('metadata of any type is set, or takes the place of what the commit has', () => {
  const build: Variant = { type: 'u', value: 7 };
  const metadata = plan(
    'archive',
    'archive',
    new Map<string, string | Variant>([
      ['version', '2'],
      ['org.example.build', build],
    ]),
  );
  expect(metadata.get('version')).toEqual({ type: 's', value: '2' });
  expect(metadata.get('org.example.build')).toEqual(build);
  expect([...metadata.keys()].at(-1)).toBe('ostree.ref-binding');
});

test.each([
  ['archive', 'archive', true],
  ['archive', 'bare-user', true],
  ['bare-user', 'bare-user', true],
  // Content is deflated anew there, to other sizes.
  ['bare-user', 'archive', false],
] as const)('the sizes of a commit of %s still hold in %s: %s', (source, target, expected) => {
  expect(plan(source, target).has(SIZES_KEY)).toBe(expected);
});
