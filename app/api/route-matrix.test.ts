import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PersonActor } from '@/lib/auth/actor';
import { encodeSessionToken, sessionCookieName } from '@/lib/auth/session-token';
import { actorOfToken } from '@/lib/auth/token-actor';
import { problemSchema, type Role, type StageRole } from '@/lib/contracts/scalars';
import { type TokenScope, tokenScopes } from '@/lib/contracts/token';
import { readSessionSecret } from '@/lib/home';
import type { RouteHandler } from '@/lib/http/route';
import { addServiceAccount } from '@/lib/services/add-service-account';
import { addToken } from '@/lib/services/add-token';
import { createPlan } from '@/lib/services/create-plan';
import { createPromotion } from '@/lib/services/create-promotion';
import { liftHold } from '@/lib/services/lift-hold';
import type { ServiceContext } from '@/lib/services/service-context';
import { setHold } from '@/lib/services/set-hold';
import { initRepository, makeTestPipeline, REF, type TestPipeline } from '@/lib/services/testing/pipeline';
import { makeWorld, type World } from '@/lib/services/testing/world';
import { updatePerson } from '@/lib/services/update-person';
import { withdrawPromotion } from '@/lib/services/withdraw-promotion';

const app = fileURLToPath(new URL('..', import.meta.url));
const roles = ['viewer', 'release-manager', 'reviewer', 'auditor', 'admin'] as const satisfies Role[];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const everybody: readonly Role[] = roles;
const admin: readonly Role[] = ['admin'];
const manager: readonly Role[] = ['release-manager'];
const holders: readonly Role[] = ['release-manager', 'admin'];
const askers: readonly TokenScope[] = ['promotions:request', 'promotions:rollback', 'promotions:remove'];

interface Row {
  /** Who is let through; everybody else is answered 403, and without a session 401. */
  allowed: readonly Role[];
  /** The scopes by which a token is let through; unless given, all for what everybody may read, and none for the rest. */
  scopes?: readonly TokenScope[];
  params?: (world: Stage) => Record<string, string>;
  query?: (world: Stage) => Record<string, string>;
  body?: (world: Stage) => unknown;
  /** What who is let through is answered, where the request is made so that it changes nothing. */
  status: number;
  /**
   * What is asked for of a stage rather than of the whole, here of staging: one's role for it decides. Says how it is asked
   * for where the row's own request names nothing that is there.
   */
  ofStage?: Partial<Pick<Row, 'params' | 'body' | 'status'>>;
}

/** What requests are about. */
interface Stage {
  world: World;
  pipeline: TestPipeline;
  checksum: string;
  number: number;
  /** Of a promotion that a program asked for and withdrew. */
  withdrawn: number;
  /** Of a hold on a ref of staging that was lifted. */
  hold: string;
  /** Of one that somebody stopped. */
  retirement: string;
  spare: string;
}

const stage = () => ({ stage: 'dev' });
const commit = ({ checksum }: Stage) => ({ checksum });
const numbered = ({ number }: Stage) => ({ number: String(number) });
const other = 'f'.repeat(64);
const freeze = {
  name: 'year end',
  reason: 'nobody is there',
  start: '2099-12-24T18:00',
  end: '2099-12-31T18:00',
  timeZone: 'Europe/Berlin',
  rule: null,
};

/**
 * Every route of the application and every method it answers. Bodies are good as far as parsing goes and name
 * something that isn't there, or a plan that isn't the one: so who is let through meets the rule behind the door
 * (404, 409) and nothing changes between rows.
 */
const table: Record<string, Row> = {
  'GET api/board': { allowed: everybody, status: 200 },
  // A token is nobody who is signed in.
  'GET api/me': { allowed: everybody, scopes: [], status: 200 },
  'POST api/me/password': {
    allowed: everybody,
    body: () => ({ currentPassword: 'wrong', newPassword: 'four quite random words' }),
    status: 403,
  },
  'GET api/approvals': { allowed: everybody, status: 200 },
  'GET api/stages': { allowed: everybody, status: 200 },
  'POST api/stages': { allowed: admin, body: ({ spare }) => ({ name: 'dev', repoPath: spare }), status: 409 },
  'POST api/stages/inspect': { allowed: admin, body: ({ spare }) => ({ repoPath: spare }), status: 200 },
  'GET api/stages/[stage]': { allowed: everybody, params: stage, status: 200 },
  'PATCH api/stages/[stage]': {
    allowed: admin,
    params: () => ({ stage: 'none' }),
    body: () => ({ position: 1 }),
    status: 404,
  },
  'GET api/stages/[stage]/refs': { allowed: everybody, params: stage, status: 200 },
  'GET api/stages/[stage]/refs/[ref]/commits': {
    allowed: everybody,
    params: () => ({ stage: 'dev', ref: encodeURIComponent(REF) }),
    status: 200,
  },
  'GET api/stages/[stage]/refs/[ref]/former': {
    allowed: everybody,
    params: () => ({ stage: 'dev', ref: encodeURIComponent(REF) }),
    status: 200,
  },
  'POST api/stages/[stage]/adopt': {
    allowed: admin,
    params: () => ({ stage: 'none' }),
    body: () => ({}),
    status: 404,
  },
  'POST api/stages/[stage]/keys': {
    allowed: admin,
    params: () => ({ stage: 'none' }),
    body: () => ({ action: 'generate', type: 'ed25519' }),
    status: 404,
  },
  'GET api/stages/[stage]/keys/[keyId]/file': {
    allowed: everybody,
    params: () => ({ stage: 'dev', keyId: 'none' }),
    status: 404,
  },
  'GET api/commits/[checksum]': { allowed: everybody, params: commit, status: 200 },
  'GET api/commits/[checksum]/tree': {
    allowed: everybody,
    params: commit,
    query: () => ({ path: '/etc' }),
    status: 200,
  },
  'GET api/commits/[checksum]/file': {
    allowed: everybody,
    params: commit,
    query: () => ({ path: '/etc/version' }),
    status: 200,
  },
  'GET api/compare': { allowed: everybody, query: ({ checksum }) => ({ to: checksum }), status: 200 },
  'GET api/compare/file': {
    allowed: everybody,
    query: ({ checksum }) => ({ to: checksum, path: '/etc/version' }),
    status: 200,
  },
  'POST api/plans': {
    ofStage: {},
    allowed: manager,
    scopes: askers,
    body: ({ pipeline }) => ({ edge: pipeline.edge.id, refs: [{ ref: REF }] }),
    status: 200,
  },
  'GET api/promotions': { allowed: everybody, status: 200 },
  'POST api/promotions': {
    ofStage: {},
    allowed: manager,
    scopes: askers,
    body: ({ pipeline }) => ({
      edge: pipeline.edge.id,
      refs: [{ ref: REF }],
      planChecksum: other,
      reason: 'because',
    }),
    status: 409,
  },
  'GET api/promotions/[number]': { allowed: everybody, params: numbered, status: 200 },
  'GET api/promotions/[number]/events': { allowed: everybody, params: numbered, status: 200 },
  'POST api/promotions/[number]/approvals': {
    allowed: ['reviewer'],
    ofStage: {},
    params: numbered,
    body: () => ({ decision: 'approve', planChecksum: other, comment: '' }),
    status: 409,
  },
  // By a token alone.
  'POST api/promotions/[number]/checks': {
    allowed: [],
    ofStage: {},
    scopes: ['checks:report'],
    params: numbered,
    body: () => ({ name: 'lab', state: 'passed', planChecksum: other }),
    status: 404,
  },
  'POST api/promotions/[number]/withdraw': {
    allowed: manager,
    ofStage: { params: ({ withdrawn }) => ({ number: String(withdrawn) }), status: 409 },
    scopes: askers,
    params: () => ({ number: '9999' }),
    status: 404,
  },
  'POST api/promotions/[number]/cancel': {
    allowed: ['release-manager', 'admin'],
    ofStage: { params: numbered, status: 409 },
    scopes: askers,
    params: () => ({ number: '9999' }),
    body: () => ({}),
    status: 404,
  },
  'POST api/promotions/[number]/reviews': {
    allowed: ['reviewer'],
    ofStage: {},
    params: numbered,
    body: () => ({ verdict: 'accepted', comment: 'looked at it' }),
    status: 409,
  },
  'POST api/promotions/[number]/retry': { allowed: manager, ofStage: {}, params: numbered, status: 409 },
  'GET api/edges': { allowed: everybody, status: 200 },
  'POST api/edges': {
    allowed: admin,
    body: () => ({ from: 'dev', to: 'none', refGlobs: ['**'] }),
    status: 404,
  },
  'PATCH api/edges/[id]': { allowed: admin, params: () => ({ id: 'none' }), body: () => ({}), status: 404 },
  'POST api/edges/[id]/preview': {
    allowed: admin,
    params: () => ({ id: 'none' }),
    body: () => ({}),
    status: 404,
  },
  'GET api/freezes': { allowed: everybody, status: 200 },
  'POST api/freezes': { allowed: admin, body: () => ({ ...freeze, stage: 'none' }), status: 404 },
  'GET api/freezes/calendar': { allowed: everybody, query: () => ({ month: '2026-12' }), status: 200 },
  'POST api/freezes/preview': {
    allowed: admin,
    body: () => ({ start: freeze.start, end: freeze.end, timeZone: freeze.timeZone, rule: null }),
    status: 200,
  },
  'PATCH api/freezes/[id]': {
    allowed: admin,
    params: () => ({ id: 'none' }),
    body: () => ({ name: 'other' }),
    status: 404,
  },
  'DELETE api/freezes/[id]': { allowed: admin, params: () => ({ id: 'none' }), status: 404 },
  'POST api/promotions/[number]/override-freeze': {
    allowed: admin,
    ofStage: {},
    params: numbered,
    body: () => ({ planChecksum: other, reason: 'because' }),
    status: 409,
  },
  'POST api/promotions/[number]/reinstate-freeze': {
    allowed: holders,
    ofStage: {},
    params: numbered,
    body: () => ({ reason: 'because' }),
    status: 409,
  },
  'GET api/holds': { allowed: everybody, status: 200 },
  'POST api/holds': {
    allowed: holders,
    ofStage: {
      body: () => ({ stage: 'staging', ref: 'os/none', scope: 'every', reason: 'because' }),
      status: 400,
    },
    body: () => ({ stage: 'none', ref: REF, scope: 'every', reason: 'because' }),
    status: 404,
  },
  'POST api/holds/[id]/lift': {
    allowed: holders,
    ofStage: { params: ({ hold }) => ({ id: hold }), status: 409 },
    params: () => ({ id: 'none' }),
    body: () => ({ reason: 'because' }),
    status: 404,
  },
  'GET api/retirements': { allowed: everybody, status: 200 },
  'POST api/retirements/[id]/stop': {
    allowed: holders,
    ofStage: { params: ({ retirement }) => ({ id: retirement }), status: 409 },
    params: () => ({ id: 'none' }),
    body: () => ({ reason: 'because' }),
    status: 404,
  },
  'GET api/groups': { allowed: ['auditor', 'admin'], status: 200 },
  'POST api/groups': {
    allowed: admin,
    body: () => ({ name: 'staff', members: ['nobody'] }),
    status: 404,
  },
  'PATCH api/groups/[id]': {
    allowed: admin,
    params: () => ({ id: 'none' }),
    body: () => ({ members: [] }),
    status: 404,
  },
  'POST api/groups/[id]/preview': {
    allowed: admin,
    params: () => ({ id: 'none' }),
    body: () => ({ members: [] }),
    status: 404,
  },
  'DELETE api/groups/[id]': { allowed: admin, params: () => ({ id: 'none' }), status: 404 },
  'GET api/people': { allowed: ['auditor', 'admin'], status: 200 },
  'POST api/people': {
    allowed: admin,
    body: () => ({ name: 'viewer', displayName: 'Taken', role: 'viewer' }),
    status: 409,
  },
  'PATCH api/people/[id]': { allowed: admin, params: () => ({ id: 'none' }), body: () => ({}), status: 404 },
  'GET api/service-accounts': { allowed: ['auditor', 'admin'], status: 200 },
  'POST api/service-accounts': {
    allowed: admin,
    body: () => ({ name: 'viewer', displayName: 'Taken' }),
    status: 409,
  },
  'PATCH api/service-accounts/[id]': {
    allowed: admin,
    params: () => ({ id: 'none' }),
    body: () => ({}),
    status: 404,
  },
  'POST api/service-accounts/[id]/tokens': {
    allowed: admin,
    params: () => ({ id: 'none' }),
    body: () => ({ name: 'x', scopes: ['read'], expiresInDays: 1, holder: 'viewer' }),
    status: 404,
  },
  'DELETE api/tokens/[id]': { allowed: admin, params: () => ({ id: 'none' }), status: 404 },
  'GET api/audit': { allowed: ['release-manager', 'reviewer', 'auditor', 'admin'], status: 200 },
  'GET api/audit/export': { allowed: ['auditor'], status: 200 },
  'GET metrics': { allowed: everybody, status: 200 },
};

/** Routes that anybody may ask, each for a reason. */
const open = new Set([
  // Load balancers ask; it says nothing but that it is there.
  'GET api/health',
  // Signing in.
  'GET api/auth/[...nextauth]',
  'POST api/auth/[...nextauth]',
  // Addresses that are none, whoever asks.
  ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} api/[[...path]]`),
]);

const files = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('route.ts'),
);
const handlers = new Map<string, RouteHandler>();
for (const file of files) {
  const route = relative(app, join(app, file, '..'));
  const exported = (await import(join(app, file))) as Record<string, RouteHandler>;
  for (const method of methods) {
    const handler = exported[method];
    if (handler) handlers.set(`${method} ${route}`, handler);
  }
}

/** What a removal left in staging and somebody wanted kept. @returns its id */
async function makeStoppedRetirement({ db, clock }: World): Promise<string> {
  const at = clock.now();
  const staging = await db.stage.findUniqueOrThrow({ where: { name: 'staging' } });
  const { id } = await db.retirement.create({
    data: {
      id: 'stopped',
      stageId: staging.id,
      promotionNumber: 4242,
      refsJson: '[]',
      removedAt: at,
      dueAt: at,
      state: 'stopped',
      stoppedBy: 'asker',
      stopReason: 'because',
      endedAt: at,
    },
  });
  return id;
}

let made: Stage;
const cookies = new Map<Role, string>();
const tokens = new Map<TokenScope, string>();

/** Everybody whose role for staging is another than everywhere: a viewer who is more there, and one who is less. */
const twoRoles = [
  ['viewer', 'release-manager'],
  ['viewer', 'reviewer'],
  ['release-manager', 'viewer'],
  ['release-manager', 'reviewer'],
  ['reviewer', 'viewer'],
  ['reviewer', 'release-manager'],
] as const satisfies [Role, StageRole][];
const nameOf = (role: Role, there: StageRole) => `${role}.${there}`;
const cookiesOfTwo = new Map<string, string>();

/** Where `getServiceContext` keeps it. */
const contextKey = Symbol.for('treeline.service-context');
const store = globalThis as { [contextKey]?: ServiceContext };

beforeAll(async () => {
  const world = await makeWorld();
  const pipeline = await makeTestPipeline(world);
  store[contextKey] = world.ctx;
  const people = new Map<Role, PersonActor>();
  for (const role of roles) {
    const actor = await world.person(role);
    people.set(role, actor);
    cookies.set(role, await cookieOf(world, actor));
  }
  for (const [role, there] of twoRoles) {
    const name = nameOf(role, there);
    const { id } = await world.person(role, name);
    await updatePerson(world.ctx, world.system, { id, stageRoles: [{ stage: 'staging', role: there }] });
    cookiesOfTwo.set(name, await cookieOf(world, await world.person(role, name)));
  }
  const { id: account } = await addServiceAccount(world.ctx, world.system, { name: 'ci', displayName: 'CI' });
  for (const scope of tokenScopes) {
    const wanted = { account, name: scope, scopes: [scope], expiresInDays: 1, holder: 'viewer' };
    tokens.set(scope, `Bearer ${(await addToken(world.ctx, world.system, wanted)).secret}`);
  }
  const asker = await world.person('release-manager', 'asker');
  const input = { edge: pipeline.edge.id, refs: [{ ref: REF }] };
  const { planChecksum } = await createPlan(world.ctx, asker, input);
  const program = await actorOfToken(world.db, secretOf('promotions:request'), world.clock.now());
  if (!program) throw new Error('the token is nobody’s');
  const ofProgram = await createPromotion(world.ctx, program, { ...input, planChecksum, reason: 'because' });
  await withdrawPromotion(world.ctx, program, ofProgram.number);
  const { number } = await createPromotion(world.ctx, asker, { ...input, planChecksum, reason: 'because' });
  const held = { stage: 'staging', ref: REF, scope: 'every' as const, reason: 'because' };
  const { id: hold } = await setHold(world.ctx, asker, held);
  await liftHold(world.ctx, asker, { id: hold, reason: 'because' });
  const spare = initRepository(join(world.root, 'spare'));
  const checksum = pipeline.head('dev', REF) ?? '';
  const retirement = await makeStoppedRetirement(world);
  made = { world, pipeline, checksum, number, withdrawn: ofProgram.number, hold, retirement, spare };
});
afterAll(async () => {
  delete store[contextKey];
  await made.world.close();
});

const secretOf = (scope: TokenScope) => tokens.get(scope)?.replace('Bearer ', '') ?? '';

async function cookieOf(world: World, actor: PersonActor): Promise<string> {
  const token = await encodeSessionToken(actor.sessionId ?? '', readSessionSecret(world.ctx.home), 3600);
  return `${sessionCookieName(false)}=${token}`;
}

interface Sent {
  cookie?: string;
  origin?: string | null;
  headers?: Record<string, string>;
}

/** Calls the route as Next would. The world's clock is the database's, so sessions count. */
async function call(name: string, row: Row, sent: Sent = {}): Promise<Response> {
  const handler = handlers.get(name);
  if (!handler) throw new Error(`no handler for ${name}`);
  const [method = '', route = ''] = name.split(' ');
  const params = row.params?.(made) ?? {};
  const path = route.replace(/\[(\w+)\]/g, (_, key: string) => params[key] ?? '');
  const search = new URLSearchParams(row.query?.(made)).toString();
  const body = row.body?.(made);
  const origin = sent.origin === undefined ? 'http://127.0.0.1:3000' : sent.origin;
  const aborted = new AbortController();
  const request = new Request(`http://127.0.0.1:3000/${path}${search && `?${search}`}`, {
    method,
    headers: {
      host: '127.0.0.1:3000',
      ...(sent.cookie && { cookie: sent.cookie }),
      ...(origin !== null && { origin }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...sent.headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: aborted.signal,
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) aborted.abort();
  return response;
}

function scopesOf(name: string, { allowed, scopes }: Row): readonly TokenScope[] {
  return scopes ?? (name.startsWith('GET ') && allowed === everybody ? tokenScopes : []);
}

test('all that tokens may change: they ask, take it back, stop it, report checks, and decide nothing', () => {
  const letThrough = Object.entries(table).filter(([name, row]) => scopesOf(name, row).length > 0);
  expect(letThrough.map(([name]) => name).filter((name) => !name.startsWith('GET '))).toEqual([
    'POST api/plans',
    'POST api/promotions',
    'POST api/promotions/[number]/checks',
    'POST api/promotions/[number]/withdraw',
    'POST api/promotions/[number]/cancel',
  ]);
});

test('every route has a row here, and every row a route', () => {
  expect(files.length).toBeGreaterThan(25);
  const known = [...Object.keys(table), ...open].sort();
  expect([...handlers.keys()].sort()).toEqual(known);
});

describe.each(Object.entries(table))('%s', (name, row) => {
  test('without a session: 401, and nothing is told', async () => {
    const token = await encodeSessionToken('no-such-session', readSessionSecret(made.world.ctx.home), 3600);
    const cookie = sessionCookieName(false);
    for (const sent of [
      {},
      { cookie: `${cookie}=nonsense` },
      { cookie: `${cookie}=${token}` },
      { cookie: `${cookie}=` },
      {
        headers: {
          authorization: 'Bearer x',
          'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy',
          rsc: '1',
        },
      },
    ]) {
      const response = await call(name, row, sent);
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(problemSchema.parse(await response.json())).toMatchObject({ code: 'not-signed-in' });
    }
  });

  test.each(roles)('as %s', async (role) => {
    const response = await call(name, row, { cookie: cookies.get(role) });
    if (row.allowed.includes(role)) {
      expect(response.status).toBe(row.status);
      return;
    }
    expect(response.status).toBe(403);
    expect(problemSchema.parse(await response.json())).toMatchObject({ code: 'forbidden' });
  });

  test.each(twoRoles)('as %s everywhere and %s for the stage', async (role, there) => {
    const { ofStage } = row;
    const response = await call(
      name,
      { ...row, ...ofStage },
      { cookie: cookiesOfTwo.get(nameOf(role, there)) },
    );
    const isAllowed = row.allowed.includes(ofStage ? there : role);
    expect(response.status).toBe(isAllowed ? (ofStage?.status ?? row.status) : 403);
    if (!isAllowed) expect(await response.json()).toMatchObject({ code: 'forbidden' });
  });

  test.each(tokenScopes)('with a token of the scope %s, and from nowhere', async (scope) => {
    const authorization = tokens.get(scope) ?? '';
    // A cookie beside it doesn't count, whoever's it is.
    for (const cookie of [undefined, cookies.get(row.allowed[0] ?? 'viewer')]) {
      const response = await call(name, row, { cookie, origin: null, headers: { authorization } });
      const isAllowed = scopesOf(name, row).includes(scope);
      expect(response.status).toBe(isAllowed ? row.status : 403);
      if (!isAllowed) expect(await response.json()).toMatchObject({ code: 'forbidden' });
    }
  });

  test('with a password that must be changed: 403, but for changing it', async () => {
    const { db } = made.world;
    const role = row.allowed[0] ?? 'viewer';
    await db.person.updateMany({ where: { name: role }, data: { mustChangePassword: true } });
    try {
      const response = await call(name, row, { cookie: cookies.get(role) });
      if (name === 'GET api/me' || name === 'POST api/me/password') {
        expect(response.status).toBe(row.status);
        return;
      }
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'password-change-required' });
    } finally {
      await db.person.updateMany({ where: { name: role }, data: { mustChangePassword: false } });
    }
  });

  test('after the person was disabled or the session ended: 401', async () => {
    const { db } = made.world;
    const role = row.allowed[0] ?? 'viewer';
    await db.person.updateMany({ where: { name: role }, data: { disabledAt: new Date() } });
    try {
      expect((await call(name, row, { cookie: cookies.get(role) })).status).toBe(401);
    } finally {
      await db.person.updateMany({ where: { name: role }, data: { disabledAt: null } });
    }
  });

  test('no cache keeps the answer', async () => {
    const response = await call(name, row, { cookie: cookies.get(row.allowed[0] ?? 'viewer') });
    expect(response.headers.get('cache-control')).toMatch(/^private, no-store/);
    expect(response.headers.get('vary')).toBe('Cookie');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

const writes = Object.entries(table).filter(([name]) => !name.startsWith('GET '));
test.each(writes)('%s from another site: 403, whoever’s cookie it carries', async (name, row) => {
  for (const origin of ['https://evil.example', 'null', null]) {
    const response = await call(name, row, { cookie: cookies.get(row.allowed[0] ?? 'viewer'), origin });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'origin-refused' });
  }
});

const withBody = Object.entries(table).filter(([, row]) => row.body !== undefined);
test.each(withBody)('%s with a body that is none: 400', async (name, row) => {
  const cookie = cookies.get(row.allowed[0] ?? 'viewer');
  for (const body of ['nonsense', [], { unexpected: true }, null, { name: { not: '' }, id: { gt: '' } }]) {
    const response = await call(name, { ...row, body: () => body }, { cookie });
    expect(response.status, JSON.stringify(body)).toBe(400);
    expect(problemSchema.parse(await response.json())).toMatchObject({ code: 'input-invalid' });
  }
});

test('no request above has decided or changed anything', async () => {
  const { db } = made.world;
  const promotions = await db.promotion.findMany({ select: { state: true }, orderBy: { number: 'asc' } });
  expect(promotions).toEqual([{ state: 'withdrawn' }, { state: 'requested' }]);
  expect(await db.hold.count({ where: { activeKey: { not: null } } })).toBe(0);
  expect(await db.approval.count()).toBe(0);
  expect((await db.stage.findMany({ orderBy: { name: 'asc' } })).map((row) => row.name)).toEqual([
    'dev',
    'staging',
  ]);
});

test('health is open and says only that', async () => {
  const response = await handlers.get('GET api/health')?.(new Request('http://x/api/health'), {
    params: Promise.resolve({}),
  });
  expect(response?.status).toBe(200);
  expect(await response?.json()).toEqual({ status: 'ok' });
});

test('an address that is none is answered with a problem', async () => {
  const response = await handlers.get('PUT api/[[...path]]')?.(
    new Request('http://x/api/nowhere', { method: 'PUT' }),
    { params: Promise.resolve({ path: ['nowhere'] }) },
  );
  expect(response?.status).toBe(404);
  expect(problemSchema.parse(await response?.json())).toMatchObject({ code: 'not-found' });
});

test('of next-auth only what is used can be reached, and writes come from our own pages', async () => {
  const post = handlers.get('POST api/auth/[...nextauth]');
  const ask = (nextauth: string[], headers: Record<string, string> = {}) =>
    post?.(new Request(`http://x/api/auth/${nextauth.join('/')}`, { method: 'POST', headers }), {
      params: Promise.resolve({ nextauth }),
    });
  for (const path of [
    ['_log'],
    ['verify-request'],
    ['callback', 'github'],
    ['signin', 'credentials', 'x'],
    [],
  ]) {
    expect((await ask(path))?.status, path.join('/')).toBe(404);
  }
  for (const path of [['callback', 'credentials'], ['signout'], ['session']]) {
    expect((await ask(path, { origin: 'https://evil.example', host: 'x' }))?.status).toBe(403);
  }
});
