import { findLastAuditEvent } from './audit-event';
import type { Database, Reader } from './client';
import { type Kept, keep, keptTables, newest, readings, runTables } from './kept-answers';

/** Fields that lead from one of these tables to runs. */
export const toRuns = ['runs', 'run', 'steps', 'cancel'] as const;
/** Fields that lead to tables of which nothing is kept: their rows change by themselves. */
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

/** What is told of each answer that was kept, and how to ask for it anew: for tests, which compare the two. */
export const keptAnswers: { onUse: ((answer: unknown, anew: Anew) => Promise<void>) | null } = {
  onUse: null,
};
export interface Anew {
  /** The same question to the database. */
  ask(): Promise<unknown>;
  /** Whether the answer has to be the same: nothing was written since the reader was made. */
  isStill(): Promise<boolean>;
  question: string;
}

/**
 * A reader of the database as it is now or later: what it reads from audited tables is read once for each head of the
 * audit log, and shared by all who ask in this process. Nobody changes what it returns. The rest of what can be read, and
 * whatever is written, goes to the database as it does without it.
 *
 * One reader is for one request, and not for what comes after a write in it.
 */
export async function readAtHead(db: Database): Promise<Reader> {
  const head = await headOf(db);
  const entry = newest.get(db) ?? { head: keep(head), runs: keep('') };
  if (entry.head.mark !== head) entry.head = keep(head);
  newest.set(db, entry);
  const kept = { head: entry.head, runs: null as Promise<Kept> | null };

  async function runs(): Promise<Kept> {
    const mark = `${head} ${await runMark(db)}`;
    if (entry.runs.mark !== mark) entry.runs = keep(mark);
    return entry.runs;
  }

  async function ask(table: string, operation: string, args: object, anew: () => Promise<unknown>) {
    const depends = dependsOn(table, args);
    if (depends === 'unkept') return anew();
    if (depends === 'runs') kept.runs ??= runs();
    const { mark, answers } = depends === 'head' ? kept.head : await (kept.runs as Promise<Kept>);
    const question = `${table}.${operation}(${JSON.stringify(args)})`;
    const before = answers.get(question);
    const answer = before ?? (await answers.getOrMake(question, anew, rowsOf));
    if (before !== undefined && keptAnswers.onUse !== null) {
      const markNow = async () =>
        depends === 'head' ? headOf(db) : `${await headOf(db)} ${await runMark(db)}`;
      await keptAnswers.onUse(answer, {
        question,
        ask: anew,
        isStill: async () => (await markNow()) === mark,
      });
    }
    return answer;
  }

  return new Proxy(db, {
    get(target, table) {
      const delegate: unknown = Reflect.get(target, table);
      if (typeof table !== 'string' || !keptTables.has(table)) return delegate;
      return new Proxy(delegate as object, {
        get(of, operation) {
          const method: unknown = Reflect.get(of, operation);
          if (typeof operation !== 'string' || typeof method !== 'function') return method;
          const call = (args: object) => method.call(of, args) as Promise<unknown>;
          if (!readings.has(operation)) return call;
          return (args: object = {}) => ask(table, operation, args, async () => call(args));
        },
      });
    },
  });
}

/** The hash of the newest audit event, which covers all before it. */
async function headOf(db: Database): Promise<string> {
  const last = await findLastAuditEvent(db);
  return last?.hash ?? '';
}

/** Every run that a worker may still change, as it is. */
async function runMark(db: Database): Promise<string> {
  const runs = await db.run.findMany({
    where: { state: { in: ['queued', 'running'] } },
    include: { steps: { orderBy: { position: 'asc' } }, cancel: true },
    orderBy: { id: 'asc' },
  });
  return JSON.stringify(runs);
}

type Dependence = 'head' | 'runs' | 'unkept';
const fields = new Map<string, Dependence>([
  ...toRuns.map((field) => [field, 'runs'] as const),
  ...toUnkept.map((field) => [field, 'unkept'] as const),
]);

/** What the answer of a question to `table` depends on, by the fields that its arguments name. */
function dependsOn(table: string, args: unknown): Dependence {
  const named = namedFields(args);
  if (named.has('unkept')) return 'unkept';
  return named.has('runs') || (runTables as readonly string[]).includes(table) ? 'runs' : 'head';
}

function namedFields(args: unknown, found = new Set<Dependence>()): Set<Dependence> {
  if (typeof args !== 'object' || args === null || args instanceof Date) return found;
  for (const [name, value] of Object.entries(args)) {
    const leads = fields.get(name);
    if (leads !== undefined) found.add(leads);
    namedFields(value, found);
  }
  return found;
}

function rowsOf(answer: unknown): number {
  return Array.isArray(answer) ? 1 + answer.length : 1;
}
