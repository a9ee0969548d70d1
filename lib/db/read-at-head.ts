import { isDeepStrictEqual } from 'node:util';
import { findEventMarks, findLastAuditEvent } from './audit-event';
import type { Database, Reader } from './client';
import { type Head, isReading, type KeptAnswers, keptAnswersOf, type RunMarks } from './kept-answers';
import { aboutQuestion, partOf } from './kept-parts';

/** How many events back a head is looked for that is known. A promotion has some fifteen. */
const EVENTS_MAX = 50;

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
 * A reader of the database as it is now or later: what it reads from audited tables is read once, until an event is added that may
 * have changed one of them, and shared by all who ask in this process. Nobody changes what it returns. The rest of what can
 * be read, and whatever is written, goes to the database as it does without it.
 *
 * One reader is for one request, and not for what comes after a write in it.
 */
export async function readAtHead(db: Database): Promise<Reader> {
  const kept = keptAnswersOf(db);
  const head = await findHead(db, kept);
  let runs: Promise<RunMarks> | null = null;

  async function ask(table: string, operation: string, args: object, anew: () => Promise<unknown>) {
    const about = aboutQuestion(table, operation, args);
    if (about === null) return anew();
    const isOfRuns = about.parts.has('runs');
    if (isOfRuns) runs ??= markRuns(db);
    const text = `${table}.${operation}(${JSON.stringify(args)})`;
    const asked = { text, about, now: { head, runs: isOfRuns ? await runs : null } };
    const before = kept.get(asked);
    if (before === undefined) return kept.make(asked, anew);
    await keptAnswers.onUse?.(before.answer, {
      question: text,
      ask: anew,
      isStill: async () =>
        ((await findLastAuditEvent(db))?.hash ?? '') === head.hash &&
        (!isOfRuns || isDeepStrictEqual(await markRuns(db), asked.now.runs)),
    });
    return before.answer;
  }

  return new Proxy(db, {
    get(target, table) {
      const delegate: unknown = Reflect.get(target, table);
      if (typeof table !== 'string' || partOf(table) === undefined) return delegate;
      return new Proxy(delegate as object, {
        get(of, operation) {
          const method: unknown = Reflect.get(of, operation);
          if (typeof operation !== 'string' || typeof method !== 'function') return method;
          const call = (args: object) => method.call(of, args) as Promise<unknown>;
          if (!isReading(operation)) return call;
          return (args: object = {}) => ask(table, operation, args, async () => call(args));
        },
      });
    },
  });
}

async function findHead(db: Database, kept: KeptAnswers): Promise<Head> {
  const last = await findLastAuditEvent(db);
  return kept.headOf(last?.hash ?? '') ?? kept.learn(await findEventMarks(db, EVENTS_MAX));
}

/** Every run that a worker may still change, as it is. */
async function markRuns(db: Database): Promise<RunMarks> {
  const isUnderWay = { state: { in: ['queued', 'running'] } };
  // Most of the time there is none, and nothing that belongs to it.
  if ((await db.run.findFirst({ where: isUnderWay, select: { id: true } })) === null) return new Map();
  const runs = await db.run.findMany({
    where: isUnderWay,
    include: {
      steps: { orderBy: { position: 'asc' } },
      cancel: true,
      promotion: { select: { number: true } },
    },
    orderBy: { id: 'asc' },
  });
  return new Map(runs.map((run) => [run.promotion.number, JSON.stringify(run)]));
}
