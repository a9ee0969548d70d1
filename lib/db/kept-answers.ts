import { processWide } from '../process-wide';
import { ResultCache } from '../result-cache';
import { PARTS, type Part, partOf, partsChangedBy, type Question } from './kept-parts';

type Versions = Readonly<Record<Part, string>>;

/** The newest event, as somebody saw it. Its hash stands for all that was ever recorded, in whichever process it was. */
export interface Head {
  seq: number;
  hash: string;
  /** The hash of the head that was the first to be known. */
  first: string;
  /** Of each part, the hash of the last event that may have changed any of it. */
  any: Versions;
  /** The same, of events that name no promotion. */
  common: Versions;
  /** By the number of a promotion: the same, of events that name it or none. Without an entry it is what is common. */
  ofPromotion: ReadonlyMap<number, Versions>;
  /** The hash of the last event of a kind. Without an entry there was none since the first head. */
  ofKind: ReadonlyMap<string, string>;
}

/** An audit event, as far as it says what it changed. */
export interface EventMark {
  seq: number;
  hash: string;
  kind: string;
  promotionNumber: number | null;
}

/** Runs under way as they are, by the number of their promotion. */
export type RunMarks = ReadonlyMap<number, string>;

/** An answer that holds as long as `mark` is what the database says. */
interface Kept {
  answer: unknown;
  /** The promotions that it lists, where what their runs do is all of runs that it follows from. */
  numbers: readonly number[] | null;
  mark: string;
}

/** Rows that are kept, about: a promotion with all that belongs to it takes some 15 KiB. */
const KEPT_ROWS_MAX = 8_000;
/** Heads that somebody may still be reading at, or come from. */
const KNOWN_HEADS_MAX = 64;
/** Promotions that something happened to since the process began, before all is forgotten. */
const KNOWN_PROMOTIONS_MAX = 2_000;

/** What was read of one database, and what it followed from then. */
export class KeptAnswers {
  /** By their hash, oldest first. */
  readonly #heads = new Map<string, Head>();
  readonly #answers = new ResultCache(KEPT_ROWS_MAX);
  readonly #underWay = new Map<string, Promise<unknown>>();
  #newest: Head | null = null;

  /** The head of that hash, where it is known already. */
  headOf(hash: string): Head | undefined {
    return this.#heads.get(hash);
  }

  /**
   * Gets to know the newest of these events as the head. What they may have changed since an older head that is known has
   * changed; where they lead to none, everything has.
   * @param events newest first, without a gap; none for a log that is empty
   */
  learn(events: readonly EventMark[]): Head {
    const { seq, hash } = events[0] ?? { seq: 0, hash: '' };
    const known = this.#heads.get(hash);
    if (known !== undefined) return known;
    const index = events.findIndex((event) => this.#heads.has(event.hash));
    const before = index < 0 ? undefined : this.#heads.get(events[index]?.hash ?? '');
    const isForgotten = before === undefined || before.ofPromotion.size > KNOWN_PROMOTIONS_MAX;
    const head = isForgotten ? firstHead(seq, hash) : nextHead(before, events.slice(0, index).reverse());
    this.#heads.set(hash, head);
    for (const [oldest] of this.#heads) {
      if (this.#heads.size <= KNOWN_HEADS_MAX) break;
      this.#heads.delete(oldest);
    }
    if (this.#newest === null || before === undefined || seq >= this.#newest.seq) this.#newest = head;
    return head;
  }

  /** The kept answer to a question, where nothing has changed since that it follows from. */
  get({ text, about, now }: Asked): { answer: unknown } | undefined {
    const kept = this.#answers.get<Kept>(text);
    return kept?.mark === markOf(about, kept?.numbers ?? null, now) ? kept : undefined;
  }

  /** Asks for what is not kept, once for all who do so while the database is at the same, and keeps the answer. */
  async make(asked: Asked, ask: () => Promise<unknown>): Promise<unknown> {
    const name = [asked.now.head.hash, markOf(asked.about, null, asked.now), asked.text].join(' ');
    const underWay = this.#underWay.get(name);
    if (underWay !== undefined) return underWay;
    const asking = ask();
    this.#underWay.set(name, asking);
    try {
      const answer = await asking;
      this.#keep(asked, answer);
      return answer;
    } finally {
      this.#underWay.delete(name);
    }
  }

  #keep({ text, about, now }: Asked, answer: unknown): void {
    // An answer from a head that is no longer the newest would take the place of a newer one.
    if (now.head !== this.#newest) return;
    // What is not there may still come.
    if (about.isOfPast && answer === null) return;
    const numbers = about.isListOfRuns ? numbersIn(answer) : null;
    const kept: Kept = { answer, numbers, mark: markOf(about, numbers, now) };
    this.#answers.set(text, kept, rowsOf(answer));
  }
}

/** A question, and what the database is at for whoever asks it. */
export interface Asked {
  /** All of it: two with the same text are the same. */
  text: string;
  about: Question;
  now: {
    head: Head;
    /** null where it follows from no runs. */
    runs: RunMarks | null;
  };
}

function firstHead(seq: number, hash: string): Head {
  const all = versions(() => hash);
  return { seq, hash, first: hash, any: all, common: all, ofPromotion: new Map(), ofKind: new Map() };
}

/** @param events what came after `before`, oldest first */
function nextHead(before: Head, events: readonly EventMark[]): Head {
  let { any, common } = before;
  const ofPromotion = new Map(before.ofPromotion);
  const ofKind = new Map(before.ofKind);
  for (const { hash, kind, promotionNumber } of events) {
    const changed = partsChangedBy(kind);
    const after = (old: Versions) => versions((part) => (changed.includes(part) ? hash : old[part]));
    any = after(any);
    ofKind.set(kind, hash);
    // Settings belong to no promotion, and what may change them may change any.
    if (promotionNumber === null || changed.includes('settings')) {
      const afterAll = (old: Versions) => ({ ...after(old), events: old.events });
      common = afterAll(common);
      for (const [number, old] of ofPromotion) ofPromotion.set(number, afterAll(old));
    }
    if (promotionNumber !== null) {
      ofPromotion.set(promotionNumber, after(ofPromotion.get(promotionNumber) ?? common));
    }
  }
  const { seq, hash } = events.at(-1) ?? before;
  return { seq, hash, first: before.first, any, common, ofPromotion, ofKind };
}

function versions(versionOf: (part: Part) => string): Versions {
  return Object.fromEntries(PARTS.map((part) => [part, versionOf(part)])) as Record<Part, string>;
}

/** All that the answer follows from, as it is now. */
function markOf(
  { parts, number, kinds, isOfPast }: Question,
  numbers: readonly number[] | null,
  { head, runs }: Asked['now'],
): string {
  if (isOfPast) return head.first;
  const own = (of: number) => head.ofPromotion.get(of) ?? head.common;
  const marks = PARTS.filter((part) => parts.has(part)).map((part) => {
    if (part === 'settings') return head.any.settings;
    if (part === 'events' && kinds !== null) {
      return kinds.map((kind) => head.ofKind.get(kind) ?? head.first).join(',');
    }
    if (number !== null) return own(number)[part];
    if (part === 'runs' && numbers !== null) return numbers.map((each) => own(each).runs).join(',');
    return head.any[part];
  });
  return [...marks, runs === null ? '' : markRuns(runs, number === null ? numbers : [number])].join(' ');
}

function markRuns(runs: RunMarks, numbers: readonly number[] | null): string {
  const wanted = numbers ?? [...runs.keys()];
  return wanted.map((number) => runs.get(number) ?? '').join(',');
}

function numbersIn(answer: unknown): readonly number[] | null {
  if (!Array.isArray(answer)) return null;
  const numbers = answer.map((row: { number?: unknown }) => row.number);
  return numbers.every((number) => typeof number === 'number') ? numbers : null;
}

function rowsOf(answer: unknown): number {
  return Array.isArray(answer) ? 1 + answer.length : 1;
}

/** By database. */
const ofDatabase = processWide('kept-answers', () => new WeakMap<object, KeptAnswers>());

/** What was read of a database in this process. */
export function keptAnswersOf(db: object): KeptAnswers {
  const kept = ofDatabase.get(db) ?? new KeptAnswers();
  ofDatabase.set(db, kept);
  return kept;
}

const readings: ReadonlySet<string> = new Set([
  'findMany',
  'findFirst',
  'findUnique',
  'findUniqueOrThrow',
  'count',
  'aggregate',
  'groupBy',
]);

/** Whether an operation of the client only reads. */
export function isReading(operation: string): boolean {
  return readings.has(operation);
}

/**
 * To be told of each question to the database, outside of transactions: what is written there is on record by no event, so
 * nothing that was kept counts any more.
 * @param model the table as the schema calls it
 */
export function noteOperation(db: object, model: string | undefined, operation: string): void {
  if (model === undefined || isReading(operation)) return;
  if (partOf(model.charAt(0).toLowerCase() + model.slice(1)) !== undefined) ofDatabase.delete(db);
}
