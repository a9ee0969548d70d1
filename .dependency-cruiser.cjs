// The import directions of the design, each at error level: `npm run lint` fails on the first breach.
// dependency-cruiser reads TypeScript through @swc/core (its TypeScript reader stops below 7.0) and asks
// swc for plain TypeScript only, so that a page would not parse: say which files hold JSX.
const swc = require('@swc/core');
const parseFileSync = swc.parseFileSync;
swc.parseFileSync = (path, options) => parseFileSync(path, { ...options, tsx: path.endsWith('.tsx') });

const TEST = '\\.(test|deep\\.test)\\.tsx?$|/fixtures/|/testing/|/differential/';
const NPM = 'node_modules/';
const npm = (...names) => names.map((name) => `${NPM}${name}/`);

/** `folder` may import itself, `allowed` and (`core`) Node's own modules; tests beside it are free. */
function only(folder, allowed, comment, { core = false } = {}) {
  return {
    name: `${folder.replaceAll('/', '-')}-imports`,
    comment,
    severity: 'error',
    from: { path: `^${folder}/`, pathNot: TEST },
    to: { pathNot: [`^${folder}/`, ...allowed], ...(core && { dependencyTypesNot: ['core'] }) },
  };
}

/** Nothing in `from` may import anything in `to`. */
function never(name, comment, from, to, options = {}) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: TEST },
    to: { path: to, ...options },
  };
}

const RULES = ['^lib/errors\\.ts$', '^lib/contracts/', '^lib/promotion/'];

const direction = [
  only('lib/gvariant', [], 'gvariant is pure: bytes to values, no import at all.'),
  only(
    'lib/ostree',
    ['^lib/gvariant/', '^lib/errors\\.ts$', ...npm('tweetnacl', 'koffi')],
    'The engine knows nothing of Next, Prisma or users: gvariant, errors and Node only.',
    { core: true },
  ),
  only(
    'lib/ostree/format',
    ['^lib/gvariant/', '^lib/errors\\.ts$', '^(node:)?(crypto|zlib|buffer)$'],
    'Formats are pure: no file system, no process.',
  ),
  never(
    'ostree-repo-reads',
    'Reading may not lean on writing.',
    '^lib/ostree/repo/',
    '^lib/ostree/(write/|pull/)',
  ),
  never(
    'engine-network-in-one-place',
    'Of the engine only the pull over HTTP speaks to a network.',
    '^lib/ostree/(?!pull/http/)',
    '^(node:)?(net|http|https|http2|tls|dgram|dns)$',
  ),
  only(
    'lib/promotion',
    [
      '^lib/contracts/',
      '^lib/errors\\.ts$',
      '^lib/ostree/format/',
      '^lib/gvariant/',
      '^(node:)?crypto$',
      ...npm('rrule-temporal'),
    ],
    'The rules are pure: time and ids are arguments; no file system, no database.',
  ),
  only('lib/contracts', [`${NPM}zod/`], 'Contracts run in the browser: zod and nothing else.'),
  only(
    'lib/query',
    ['^lib/contracts/', `${NPM}(@tanstack|react|zod)/`],
    'The browser asks the API: contracts only.',
  ),
  only(
    'components',
    ['^lib/contracts/', '^lib/query/', NPM],
    'Components know contracts and queries, no server code.',
  ),
  only(
    'app',
    [
      '^lib/(services|auth|http|contracts|query)/',
      '^lib/(errors|env|logger|clock)\\.ts$',
      '^components/',
      NPM,
    ],
    'Routes only route: no file system, no Prisma, no rules.',
  ),
  only(
    'lib/db',
    [
      ...RULES,
      '^lib/(env|logger|clock|home|package-root|process-wide|result-cache)\\.ts$',
      `${NPM}(@prisma|@libsql|libsql|pg|@types/pg)/`,
    ],
    'The database layer imports no use case.',
    { core: true },
  ),
  only(
    'lib/audit',
    ['^lib/db/', ...RULES, '^lib/(clock)\\.ts$', '^(node:)?crypto$', `${NPM}zod/`],
    'Audit records; it decides nothing.',
  ),
];

const boundary = [
  never(
    'generated-client',
    'Only lib/db touches the generated client.',
    '^(app|components|lib/(?!db/)|scripts|e2e)',
    ['^lib/db/generated/', `${NPM}(\\.prisma|@prisma)/`],
  ),
  never(
    'services-are-entered-from-above',
    'Use cases are called by routes, pages, the command line and the demo, never by what they use.',
    '^lib/(gvariant|ostree|promotion|contracts|db|audit|jobs|signer|publish|query)/',
    '^(lib/(services|http|cli|demo)|app|components)/',
  ),
  never(
    'command-line-is-on-top',
    'Nothing imports the command line, and only it imports the demo.',
    '^(app|components|lib/(?!cli/|demo/))',
    '^lib/(cli|demo)/',
  ),
  never(
    'web-writes-no-repository',
    'The web process has repositories read-only: no step, no writer, no lock is within its reach.',
    '^(app|components|lib/(services|http|auth|query))/',
    '^lib/(jobs/(steps/|run-worker)|signer/(store|run-signer)|publish/repo-server|ostree/write/(?!recommit))',
  ),
  never(
    'web-reaches-no-key',
    'No chain of imports leads from a route to the signer’s store or to a step of a run.',
    '^app/',
    '^lib/(jobs/(steps/|run-worker)|signer/(store|run-signer))',
    { reachable: true },
  ),
  never(
    'repo-server-stands-alone',
    'The process that faces the network reaches no database, no key and no use case.',
    '^lib/publish/repo-server',
    '^lib/(db|audit|services|jobs|signer|auth|http)/',
    { reachable: true },
  ),
  never(
    'worker-holds-no-key',
    'The worker asks the signer over its socket and never opens the store.',
    '^lib/jobs/',
    '^lib/signer/(?!client)',
  ),
  never(
    'fetching-is-the-command-lines',
    'Neither a page nor a signer nor the repository server fetches from wherever a URL leads.',
    '^(app/|lib/(signer|services)/|lib/publish/repo-server)',
    '^lib/ostree/pull/http/',
    { reachable: true },
  ),
  never(
    'signer-has-no-network',
    'The signer speaks over Unix sockets; nothing in it speaks HTTP.',
    '^lib/signer/',
    '^(node:)?(http|https|http2|tls|dgram|dns)$',
  ),
];

const hygiene = [
  {
    name: 'no-circular',
    comment: 'A cycle hides which way the layers go.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unresolvable',
    comment: 'An import that leads nowhere would also lead past every rule here.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^lib/db/generated/|\\.css$|^@fontsource' },
  },
  {
    name: 'not-to-tests',
    comment: 'What ships imports no test and no fixture.',
    severity: 'error',
    from: { pathNot: `${TEST}|^e2e/` },
    to: { path: '\\.test\\.tsx?$' },
  },
  {
    name: 'not-to-dev-dependencies',
    comment: 'What ships runs after `npm ci --omit=dev`.',
    severity: 'error',
    from: { path: '^(app|components|lib)/', pathNot: TEST },
    to: { dependencyTypes: ['npm-dev'], pathNot: `${NPM}@types/` },
  },
  {
    name: 'not-undeclared',
    comment: 'A package that package.json does not name may vanish with any update.',
    severity: 'error',
    from: { path: '^(app|components|lib|scripts|e2e|bench)/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
];

module.exports = {
  forbidden: [...direction, ...boundary, ...hygiene],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^lib/db/generated/', '^dist/'] },
    exclude: { path: ['^dist/', '^\\.next/', '/fixtures/vectors/'] },
    webpackConfig: { fileName: 'scripts/import-aliases.cjs' },
    enhancedResolveOptions: {
      conditionNames: ['node', 'import', 'types', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
