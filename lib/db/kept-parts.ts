/** What an event tells a change of. Each table of which answers are kept belongs to one. */
export const PARTS = ['settings', 'promotions', 'runs', 'events'] as const;
export type Part = (typeof PARTS)[number];

/**
 * The tables whose rows no transaction changes without adding an audit event: as long as no event of a kind that changes its
 * part was added, so is every row of it. Those of runs a worker also writes to between two events, while they are under way.
 */
export const tablesOfPart: Readonly<Record<Part, readonly string[]>> = {
  settings: [
    'person',
    'stageRole',
    'group',
    'groupMember',
    'stage',
    'stageKey',
    'edge',
    'hold',
    'freezeWindow',
  ],
  promotions: ['promotion', 'promotionRef', 'emergencyReview', 'freezeOverride', 'approval', 'approvalVoid'],
  runs: ['run', 'runStep', 'runCancel'],
  events: ['auditEvent'],
};

/** Fields of these tables that lead to tables of which nothing is kept: their rows change by themselves. */
export const toUnkept = [
  'sessions',
  'tokens',
  'heldTokens',
  'createdTokens',
  'checkReports',
  'checks',
  'ledger',
  'sightings',
  'fscks',
  'retirements',
] as const;

/** Fields of these tables that lead to one of a part. */
export const toPart: Readonly<Record<Part, readonly string[]>> = {
  settings: [
    'person',
    'stage',
    'group',
    'groups',
    'members',
    'keys',
    'outgoing',
    'incoming',
    'freezes',
    'holds',
    'roles',
    'stageRoles',
    'from',
    'to',
    'edge',
    'requester',
    'replannedBy',
    'reviewer',
    'actor',
  ],
  promotions: [
    'promotions',
    'replanned',
    'approvals',
    'emergencyReviews',
    'promotion',
    'refs',
    'overrides',
    'reviews',
    'approval',
    'voided',
  ],
  runs: ['runs', 'run', 'steps', 'cancel'],
  events: ['events'],
};

/** The parts that an event of the kind may tell a change of. What is not known better may change all of them. */
export function partsChangedBy(kind: string): readonly Part[] {
  if (kind.startsWith('session.') || kind === 'audit.exported') return ['events'];
  if (kind.startsWith('run.effect-')) return ['runs', 'events'];
  if (/^(promotion|run|emergency)\./.test(kind)) return ['promotions', 'runs', 'events'];
  return PARTS;
}

const partOfTable = new Map(PARTS.flatMap((part) => tablesOfPart[part].map((table) => [table, part])));
const partOfField = new Map<string, Part | 'unkept'>([
  ...PARTS.flatMap((part) => toPart[part].map((field) => [field, part] as const)),
  ...toUnkept.map((field) => [field, 'unkept'] as const),
]);

/** The part of a table, as the client calls it; undefined for one of which nothing is kept. */
export function partOf(table: string): Part | undefined {
  return partOfTable.get(table);
}

/** What the answer to a question follows from. */
export interface Question {
  /** The parts, by the fields that its arguments name. */
  parts: ReadonlySet<Part>;
  /** The promotion that it is about, where it names one by its number: what happens to others says nothing of it. */
  number: number | null;
  /** The kinds of events that it asks for, where it names them. */
  kinds: readonly string[] | null;
  /** It asks for what is never changed once it is there: an event by its place in the log. */
  isOfPast: boolean;
  /** It asks for promotions by what no run's progress changes: which ones it finds follows from other parts than theirs. */
  isListOfRuns: boolean;
}

/** @returns null for what is not kept */
export function aboutQuestion(table: string, operation: string, args: unknown): Question | null {
  const own = partOf(table);
  const parts = new Set<Part>();
  if (own === undefined || !addNamed(args, parts)) return null;
  parts.add(own);
  const where = fieldOf(args, 'where');
  const number = fieldOf(where, numberFields[table] ?? []);
  const whereParts = new Set<Part>();
  addNamed(where, whereParts);
  return {
    parts,
    number: typeof number === 'number' ? number : null,
    kinds: table === 'auditEvent' ? kindsOf(fieldOf(where, 'kind')) : null,
    isOfPast:
      parts.size === 1 &&
      table === 'auditEvent' &&
      operation === 'findUnique' &&
      typeof fieldOf(where, 'seq') === 'number',
    isListOfRuns: table === 'promotion' && operation === 'findMany' && !whereParts.has('runs'),
  };
}

/** Where the conditions of a question to a table name one promotion. */
const numberFields: Readonly<Record<string, readonly string[]>> = {
  promotion: ['number'],
  run: ['promotion', 'number'],
  auditEvent: ['promotionNumber'],
};

function fieldOf(value: unknown, path: string | readonly string[]): unknown {
  const fields = typeof path === 'string' ? [path] : path;
  if (fields.length === 0) return undefined;
  return fields.reduce<unknown>(
    (at, field) => (typeof at === 'object' && at !== null ? Reflect.get(at, field) : undefined),
    value,
  );
}

function kindsOf(kind: unknown): readonly string[] | null {
  if (typeof kind === 'string') return [kind];
  const several = fieldOf(kind, 'in');
  return Array.isArray(several) ? (several as string[]) : null;
}

/** Adds the parts that fields in `args` lead to. @returns whether answers that follow from all of them may be kept */
function addNamed(args: unknown, parts: Set<Part>): boolean {
  if (typeof args !== 'object' || args === null || args instanceof Date) return true;
  return Object.entries(args).every(([name, value]) => {
    const part = partOfField.get(name);
    if (part === 'unkept') return false;
    if (part !== undefined) parts.add(part);
    return addNamed(value, parts);
  });
}
