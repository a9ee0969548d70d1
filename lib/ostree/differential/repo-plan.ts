import fc from 'fast-check';
import type { RepoMode } from '../format/object-path';
import { type DirectoryPlan, editsArbitrary, type TreeEdit, treeArbitrary } from './tree-plan';

/** Checks, each of which runs the two programs side by side; a repository gets some of them. */
export const CHECK_NAMES = [
  'init',
  'refs',
  'revs',
  'history',
  'trees',
  'diffs',
  'objects',
  'commit',
  'pull',
  'recommit',
  'summary',
  'signatures',
  'damage',
  'prune',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export interface CommitPlan {
  /** Index into `branches`, modulo how many there are. */
  readonly branch: number;
  /** Made to the tree of the commit before it, whatever its branch. */
  readonly edits: readonly TreeEdit[];
  readonly subject: string;
  readonly body: string;
  readonly version: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** `head` of its branch, nothing, or no branch at all: an orphan stays unreachable. */
  readonly parent: 'head' | 'none' | 'orphan';
  /** Days after the first; history may well run backwards. */
  readonly day: number;
  readonly hasSizes: boolean;
  readonly boundRefs: readonly string[];
  readonly isUnbound: boolean;
  readonly detached: string | null;
}

/** A ref that no commit made. `at` counts commits, modulo how many there are. */
export interface ExtraRef {
  readonly kind: 'head' | 'remote' | 'mirror' | 'alias';
  readonly name: string;
  readonly at: number;
}

export interface DeltaPlan {
  readonly from: number | null;
  readonly to: number;
}

/** A commit that is marked as partial, with its root dirtree gone where nothing else needs it. */
export interface PartialPlan {
  readonly at: number;
  readonly lacksRoot: boolean;
}

/** A repository, told before it is made. */
export interface RepoPlan {
  readonly mode: RepoMode;
  readonly collectionId: string | null;
  readonly keepsTombstones: boolean;
  readonly hasNoDeltasInSummary: boolean;
  readonly tree: DirectoryPlan;
  readonly branches: readonly string[];
  readonly commits: readonly CommitPlan[];
  readonly extraRefs: readonly ExtraRef[];
  /** Files among the refs that are none. */
  readonly strays: readonly string[];
  readonly deltas: readonly DeltaPlan[];
  readonly partials: readonly PartialPlan[];
  readonly checks: readonly CheckName[];
  /** Whatever a check has to choose. */
  readonly choices: readonly number[];
}

export const OWN_COLLECTION = 'org.example.Own';
export const OTHER_COLLECTION = 'org.example.Other';

const BRANCHES = [
  'os/amd64/main',
  'os/amd64/next',
  'os/arm64/main',
  'flat',
  '_x',
  'A.lock',
  'a-b.c/d_e',
  'v1.0',
];

const textArbitrary = fc.oneof(
  fc.constantFrom(
    '',
    'One line',
    'two\nlines',
    'ünï \u{1f600}',
    ' indented',
    '"quoted" \\ and\ttabbed',
    'a\n\nb',
  ),
  fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll('\0', '')),
);

const commitArbitrary: fc.Arbitrary<CommitPlan> = fc.record({
  branch: fc.nat(2),
  edits: editsArbitrary,
  subject: textArbitrary,
  body: textArbitrary,
  version: fc.option(fc.constantFrom('1.0', '2026.11-rc1', 'ü', '')),
  metadata: fc.dictionary(
    fc.constantFrom('org.example.note', 'xa.ref', 'note', 'ü'),
    fc.constantFrom('', 'a value', 'line\nline', 'ü'),
    { maxKeys: 2, noNullPrototype: true },
  ),
  parent: fc.constantFrom('head', 'head', 'head', 'head', 'head', 'none', 'orphan'),
  day: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8),
  hasSizes: fc.boolean(),
  boundRefs: fc.subarray(['os/bound', 'another'], { maxLength: 2 }),
  isUnbound: fc.constantFrom(false, false, false, true),
  detached: fc.constantFrom(null, null, null, 'detached'),
});

const extraRefArbitrary: fc.Arbitrary<ExtraRef> = fc.oneof(
  fc.record({
    kind: fc.constant('head' as const),
    name: fc.constantFrom(
      'by/hand',
      'fe',
      '0',
      'deadbeef',
      'ünï/ref',
      'a..b',
      'tmp.Ab12Cd',
      'os/amd64/z',
      'Z',
      'zz',
    ),
    at: fc.nat(5),
  }),
  fc.record({
    kind: fc.constant('remote' as const),
    name: fc.constantFrom('origin/os/amd64/main', 'origin/far', 'up.stream/far', 'origin/v1.0'),
    at: fc.nat(5),
  }),
  fc.record({
    kind: fc.constant('mirror' as const),
    name: fc.constantFrom(
      `${OTHER_COLLECTION}/os/far`,
      `${OTHER_COLLECTION}/os/amd64/main`,
      'org.example.Third/x',
      `${OWN_COLLECTION}/own/mirrored`,
      `${OWN_COLLECTION}/os/amd64/main`,
    ),
    at: fc.nat(5),
  }),
  fc.record({
    kind: fc.constant('alias' as const),
    name: fc.constantFrom('stable', 'os/latest'),
    at: fc.nat(5),
  }),
);

const partialArbitrary: fc.Arbitrary<PartialPlan> = fc.record({ at: fc.nat(5), lacksRoot: fc.boolean() });

export const repoArbitrary: fc.Arbitrary<RepoPlan> = fc.record({
  mode: fc.constantFrom('archive', 'archive', 'archive', 'bare', 'bare-user', 'bare-user-only'),
  collectionId: fc.constantFrom(null, null, OWN_COLLECTION),
  keepsTombstones: fc.constantFrom(false, false, true),
  hasNoDeltasInSummary: fc.constantFrom(false, false, false, true),
  tree: treeArbitrary,
  branches: fc.shuffledSubarray(BRANCHES, { minLength: 1, maxLength: 3 }),
  commits: fc.array(commitArbitrary, { minLength: 1, maxLength: 5 }),
  extraRefs: fc.uniqueArray(extraRefArbitrary, {
    maxLength: 4,
    selector: ({ kind, name }) => `${kind} ${name}`,
  }),
  strays: fc.subarray(['.rsync_info', 'a b', '-x', 'os/.hidden', 'os/a+b'], { maxLength: 2 }),
  deltas: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.record({ from: fc.option(fc.nat(5)), to: fc.nat(5) }), {
        minLength: 1,
        maxLength: 2,
      }),
    },
  ),
  partials: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(partialArbitrary, { minLength: 1, maxLength: 1 }) },
  ),
  checks: fc.subarray([...CHECK_NAMES], { minLength: 5, maxLength: 7 }),
  choices: fc.array(fc.nat(1_000_000), { minLength: 8, maxLength: 8 }),
});
