import { beforeEach, expect, test } from 'vitest';
import { type EventMark, KeptAnswers, type RunMarks } from './kept-answers';
import { aboutQuestion } from './kept-parts';

let kept: KeptAnswers;
let log: EventMark[];
let asked: number;
beforeEach(() => {
  kept = new KeptAnswers();
  log = [];
  asked = 0;
  add('stage.added');
});

/** Adds an event, about a promotion where one is given. */
function add(kind: string, promotionNumber: number | null = null): void {
  const seq = log.length + 1;
  log.unshift({ seq, hash: `hash-${seq}`, kind, promotionNumber });
}

const none: RunMarks = new Map();

/** Asks as a reader does, with so many events in view. @returns whether the database was asked */
async function isAsked(
  [table, operation, args]: [table: string, operation: string, args: object],
  { runs = none, answer = [] as unknown, view = 50 } = {},
): Promise<boolean> {
  const about = aboutQuestion(table, operation, args);
  if (about === null) throw new Error('it is not kept');
  const head = kept.learn(log.slice(0, view));
  const question = { text: `${table} ${operation} ${JSON.stringify(args)}`, about, now: { head, runs } };
  if (kept.get(question) !== undefined) return false;
  await kept.make(question, async () => {
    asked++;
    return answer;
  });
  return true;
}

const people: [string, string, object] = ['person', 'findMany', { include: { stageRoles: true } }];
const first: [string, string, object] = [
  'promotion',
  'findUnique',
  { where: { number: 1 }, include: { runs: true } },
];
const list: [string, string, object] = [
  'promotion',
  'findMany',
  { where: { state: 'running' }, include: { runs: true } },
];

test('settings are asked for again once an event is of them, or of a kind that is not known', async () => {
  expect(await isAsked(people)).toBe(true);
  for (const kind of ['session.started', 'promotion.requested', 'run.effect-done', 'run.published']) {
    add(kind, 1);
    expect(await isAsked(people), kind).toBe(false);
  }
  for (const kind of ['group.added', 'whatever.happens']) {
    add(kind);
    expect(await isAsked(people), kind).toBe(true);
  }
});

test('a promotion is asked for again once something happens to it, or to settings', async () => {
  expect(await isAsked(first)).toBe(true);
  add('promotion.approved', 2);
  add('run.effect-done', 2);
  add('session.started');
  expect(await isAsked(first)).toBe(false);
  add('run.effect-done', 1);
  expect(await isAsked(first)).toBe(true);
  add('edge.updated');
  expect(await isAsked(first)).toBe(true);
  add('promotion.approved');
  expect(await isAsked(first)).toBe(true);
  expect(await isAsked(first)).toBe(false);
});

test('a list of promotions is asked for again once one is decided on, or one of it goes on', async () => {
  const answer = [{ number: 1 }];
  expect(await isAsked(list, { answer })).toBe(true);
  add('run.effect-intended', 2);
  expect(await isAsked(list, { answer, runs: new Map([[2, 'half of it']]) })).toBe(false);
  expect(await isAsked(list, { answer, runs: new Map([[1, 'half of it']]) })).toBe(true);
  expect(await isAsked(list, { answer })).toBe(true);
  add('run.effect-intended', 1);
  expect(await isAsked(list, { answer })).toBe(true);
  add('promotion.requested', 3);
  expect(await isAsked(list, { answer })).toBe(true);
});

test('a list by what runs do, or one that does not say of which promotions it is, follows from all of them', async () => {
  const byRuns: [string, string, object] = [
    'promotion',
    'findMany',
    { where: { runs: { some: { state: 'done' } } } },
  ];
  const unnumbered: [string, string, object] = [
    'promotion',
    'findMany',
    { select: { id: true, runs: true } },
  ];
  for (const question of [byRuns, unnumbered]) {
    const answer = [{ id: 'one' }];
    expect(await isAsked(question, { answer })).toBe(true);
    add('run.effect-intended', 7);
    expect(await isAsked(question, { answer })).toBe(true);
  }
});

test('events are asked for again once there is one that would be among them', async () => {
  const kinds: [string, string, object] = [
    'auditEvent',
    'findMany',
    { where: { kind: { in: ['hold.set', 'run.published'] } } },
  ];
  const about: [string, string, object] = ['auditEvent', 'findMany', { where: { promotionNumber: 1 } }];
  const all: [string, string, object] = ['auditEvent', 'count', {}];
  for (const question of [kinds, about, all]) expect(await isAsked(question)).toBe(true);
  add('run.effect-done', 2);
  expect([await isAsked(kinds), await isAsked(about), await isAsked(all)]).toEqual([false, false, true]);
  add('edge.updated');
  expect([await isAsked(kinds), await isAsked(about), await isAsked(all)]).toEqual([false, false, true]);
  add('run.published', 1);
  expect([await isAsked(kinds), await isAsked(about), await isAsked(all)]).toEqual([true, true, true]);
  add('freeze.overridden', 1);
  expect([await isAsked(kinds), await isAsked(about), await isAsked(all)]).toEqual([false, true, true]);
});

test('an event that was found by its place is never asked for again; one that was not is', async () => {
  const there: [string, string, object] = [
    'auditEvent',
    'findUnique',
    { where: { seq: 1 }, select: { hash: true } },
  ];
  const missing: [string, string, object] = ['auditEvent', 'findUnique', { where: { seq: 99 } }];
  expect(await isAsked(there, { answer: { hash: 'hash-1' } })).toBe(true);
  expect(await isAsked(missing, { answer: null })).toBe(true);
  add('edge.updated');
  add('hold.set', 4);
  expect(await isAsked(there, { answer: { hash: 'hash-1' } })).toBe(false);
  expect(await isAsked(missing, { answer: null })).toBe(true);
});

test('where no event in view is known, nothing is', async () => {
  const questions = [
    people,
    first,
    list,
    ['auditEvent', 'findMany', { where: { kind: 'hold.set' } }],
  ] as const;
  for (const question of questions) expect(await isAsked([...question])).toBe(true);
  add('session.started');
  add('session.started');
  for (const question of questions) expect(await isAsked([...question], { view: 2 })).toBe(true);
  // Another log, as after a restored backup.
  log = [{ seq: 2, hash: 'other-2', kind: 'session.started', promotionNumber: null }];
  for (const question of questions) expect(await isAsked([...question])).toBe(true);
});

test('who is at an older head leaves what those at the newest have', async () => {
  const old = kept.learn(log);
  add('group.added');
  expect(await isAsked(people, { answer: ['newer'] })).toBe(true);
  const about = aboutQuestion(...people);
  if (about === null) throw new Error('it is not kept');
  const question = {
    text: `person findMany ${JSON.stringify(people[2])}`,
    about,
    now: { head: old, runs: none },
  };
  expect(kept.get(question)).toBeUndefined();
  await kept.make(question, async () => ['older']);
  expect(await isAsked(people)).toBe(false);
});

test('the same is asked for once by all who do so at once', async () => {
  const both = await Promise.all([isAsked(people), isAsked(people)]);
  expect(both).toEqual([true, true]);
  expect(asked).toBe(1);
  // Not by who sees a run that has gone on meanwhile.
  await Promise.all([isAsked(list), isAsked(list, { runs: new Map([[1, 'half of it']]) })]);
  expect(asked).toBe(3);
});
