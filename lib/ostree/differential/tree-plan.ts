import fc from 'fast-check';
import { fileNameProblem } from '../format/file-name';

/** Content told by its size, so that megabytes shrink and print as one line. */
export interface ContentPlan {
  readonly sizeBytes: number;
  readonly seed: number;
  /** Random bytes, which do not compress; text otherwise. */
  readonly isNoise: boolean;
}

interface MetaPlan {
  /** Permission bits, setuid, setgid and sticky. */
  readonly permissions: number;
  /** Used where the tests run as root: nobody else may give files away. */
  readonly uid: number;
  readonly gid: number;
  /** Names without `user.`, values in base64. Used where the file system and the mode keep them. */
  readonly xattrs: Readonly<Record<string, string>>;
}

export type DirectoryPlan = MetaPlan & {
  readonly type: 'directory';
  readonly entries: Readonly<Record<string, NodePlan>>;
};

/** What a node of a tree is to be. Pure data: it prints, shrinks and can be made again. */
export type NodePlan =
  | (MetaPlan & { readonly type: 'file'; readonly content: ContentPlan })
  | { readonly type: 'symlink'; readonly target: string }
  | DirectoryPlan;

const ODD_NAMES = [
  'a',
  'b',
  'B',
  'lib',
  'lib64',
  'lib.d',
  'x y',
  ' x',
  'x ',
  '-',
  '-rf',
  '.hidden',
  '...',
  '..a',
  '~',
  'z'.repeat(255),
  'ü'.repeat(127),
  'ü',
  'u\u0308',
  '\u{1f600}',
  '\uffee',
  '\u{10ffff}',
  '\u202egnp.exe',
  'new\nline',
  'tab\t',
  '\u0001',
  '\u007f',
  '\u0085',
  '"quoted"',
  "it's",
  'back\\slash',
  '%41',
  '$(true)',
  '*',
  '#',
  'name:with:colons',
  'usr',
  'etc',
];

/** Names that a dirtree may hold: the odd ones above, and whatever else Unicode has. */
const nameArbitrary = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_NAMES) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', minLength: 1, maxLength: 12 })
      .filter((name) => fileNameProblem(name) === null),
  },
);

/** Around every border that the engine has: a chunk of 64 KiB, a header's buffer, 4 MiB for content in one piece. */
const sizeArbitrary = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(0, 0, 1) },
  { weight: 180, arbitrary: fc.integer({ min: 0, max: 3000 }) },
  { weight: 36, arbitrary: fc.constantFrom(4095, 4096, 4097, 65_535, 65_536, 65_537, 131_072) },
  { weight: 12, arbitrary: fc.integer({ min: 100_000, max: 400_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(4 * 1024 * 1024, 4 * 1024 * 1024 + 1, 5_000_000) },
);

const contentArbitrary: fc.Arbitrary<ContentPlan> = fc.record({
  sizeBytes: sizeArbitrary,
  seed: fc.nat(9),
  isNoise: fc.boolean(),
});

const metaArbitrary = (permissions: readonly number[]): fc.Arbitrary<MetaPlan> =>
  fc.record({
    permissions: fc.constantFrom(...permissions),
    uid: fc.constantFrom(0, 0, 0, 1, 1000, 65_534, 4_294_967_294),
    gid: fc.constantFrom(0, 0, 0, 1, 1000, 65_534),
    xattrs: fc.oneof(
      { weight: 5, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc.dictionary(
          fc.constantFrom('a', 'b', 'b.c', 'mime_type', 'z'.repeat(200)),
          fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
          { maxKeys: 3, noNullPrototype: true },
        ),
      },
    ),
  });

const fileArbitrary: fc.Arbitrary<NodePlan> = fc
  .tuple(
    metaArbitrary([0o644, 0o644, 0o755, 0o600, 0o444, 0o400, 0o4755, 0o2755, 0o6711, 0o1644, 0o777, 0o666]),
    contentArbitrary,
  )
  .map(([meta, content]) => ({ ...meta, type: 'file', content }));

const symlinkArbitrary: fc.Arbitrary<NodePlan> = fc
  .constantFrom(
    'a',
    '../nowhere/at all',
    '/etc/passwd',
    './'.repeat(2000),
    't'.repeat(200),
    'ü/\u{1f600}',
    '.',
  )
  .map((target) => ({ type: 'symlink', target }));

const directoryMeta = metaArbitrary([0o755, 0o755, 0o755, 0o700, 0o750, 0o1777, 0o2775, 0o711]);

/** A node with at most `depth` directories below one another. */
function nodeArbitrary(depth: number): fc.Arbitrary<NodePlan> {
  const leaves = [
    { weight: 6, arbitrary: fileArbitrary },
    { weight: 2, arbitrary: symlinkArbitrary },
  ];
  if (depth === 0) return fc.oneof(...leaves);
  return fc.oneof(...leaves, { weight: 4, arbitrary: directoryArbitrary(depth - 1) });
}

function directoryArbitrary(depth: number): fc.Arbitrary<DirectoryPlan> {
  const entries = fc.dictionary(nameArbitrary, nodeArbitrary(depth), { maxKeys: 5, noNullPrototype: true });
  return fc
    .tuple(directoryMeta, entries)
    .map(([meta, found]) => ({ ...meta, type: 'directory', entries: found }));
}

/** The root of a tree. */
export const treeArbitrary = directoryArbitrary(3);

/** One difference between a release and the next. */
export interface TreeEdit {
  /** Which node of the tree, counted in the order of a walk and modulo how many there are. */
  readonly at: number;
  readonly change:
    | { readonly kind: 'remove' }
    | { readonly kind: 'replace'; readonly node: NodePlan }
    | { readonly kind: 'add'; readonly name: string; readonly node: NodePlan }
    /** Permissions alone: of a directory, its dirtree stays equal. */
    | { readonly kind: 'chmod'; readonly permissions: number };
}

export const editsArbitrary: fc.Arbitrary<TreeEdit[]> = fc.array(
  fc.record({
    at: fc.nat(50),
    change: fc.oneof(
      fc.record({ kind: fc.constant('remove' as const) }),
      fc.record({ kind: fc.constant('replace' as const), node: nodeArbitrary(1) }),
      fc.record({ kind: fc.constant('add' as const), name: nameArbitrary, node: nodeArbitrary(1) }),
      fc.record({ kind: fc.constant('chmod' as const), permissions: fc.constantFrom(0o750, 0o700, 0o755) }),
    ),
  }),
  { maxLength: 5 },
);

/** The next release of a tree. The root is never removed or replaced. */
export function applyEdits(root: DirectoryPlan, edits: readonly TreeEdit[]): DirectoryPlan {
  return edits.reduce(applyEdit, root);
}

function applyEdit(root: DirectoryPlan, { at, change }: TreeEdit): DirectoryPlan {
  const paths = listPaths(root);
  const path = paths[at % paths.length] as readonly string[];
  const isOfRoot = path.length === 0 && (change.kind === 'remove' || change.kind === 'replace');
  return isOfRoot ? root : (editAt(root, path, change) as DirectoryPlan);
}

/** Every node's path, the root's (which is empty) first. */
function listPaths(node: NodePlan, above: readonly string[] = []): (readonly string[])[] {
  if (node.type !== 'directory') return [above];
  const below = Object.entries(node.entries).flatMap(([name, child]) => listPaths(child, [...above, name]));
  return [above, ...below];
}

/** The node with the change made at `path` below it; null where it is to be removed itself. */
function editAt(node: NodePlan, path: readonly string[], change: TreeEdit['change']): NodePlan | null {
  const [name, ...rest] = path;
  if (name !== undefined && node.type === 'directory') {
    const { [name]: child, ...others } = node.entries;
    const changed = editAt(child as NodePlan, rest, change);
    if (changed === null) return { ...node, entries: others };
    return { ...node, entries: { ...others, [name]: changed } };
  }
  switch (change.kind) {
    case 'remove':
      return null;
    case 'replace':
      return change.node;
    case 'add':
      if (node.type !== 'directory') return node;
      return { ...node, entries: { ...node.entries, [change.name]: change.node } };
    case 'chmod':
      return node.type === 'symlink' ? node : { ...node, permissions: change.permissions };
  }
}
