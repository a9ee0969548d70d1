import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PersonActor, type SystemActor, systemActor } from '../../auth/actor';
import { hashPassword } from '../../auth/password';
import type { Clock } from '../../clock';
import type { Role, StageRole } from '../../contracts/scalars';
import { type Database, openDatabase } from '../../db/client';
import { makePlace, usualProvider } from '../../db/testing/fresh-database';
import { createHome } from '../../home';
import { createServiceContext, type ServiceContext } from '../service-context';

/** A clock that tests set. */
export interface TestClock extends Clock {
  /** Moves on by so many seconds. */
  advance(seconds: number): void;
}

/** A home with a database of its own, everybody in it, and no stage yet. */
export interface World {
  root: string;
  ctx: ServiceContext;
  db: Database;
  clock: TestClock;
  system: SystemActor;
  /** Somebody of that role; another one with each `name`. */
  person(role: Role, name?: string): Promise<PersonActor>;
  close(): Promise<void>;
}

/** Begins at a fixed time, so that what is stored is the same on each run. */
export function makeTestClock(start = '2026-11-23T12:00:00.000Z'): TestClock {
  let now = new Date(start).getTime();
  return {
    now: () => new Date(now),
    advance: (seconds) => {
      now += seconds * 1000;
    },
  };
}

/** A world on a real database, migrated as at a start. */
export async function makeWorld(
  overrides: Partial<ServiceContext> = {},
  provider = usualProvider,
): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), 'treeline-services-'));
  const home = createHome(join(root, 'home'));
  const place = await makePlace(provider, { isMigrated: true, path: home.databasePath });
  const db = openDatabase({ url: place.url });
  const clock = makeTestClock();
  const ctx = { ...createServiceContext({ home, db, clock }), ...overrides };
  return {
    root,
    ctx,
    db,
    clock,
    system: systemActor('command line'),
    person: (role, name = role) => person(db, clock, role, name),
    async close() {
      await db.$disconnect();
      await place.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const unknownPassword = hashPassword(randomUUID());

/** The person of that name, made at first asking, with a session under way. Nobody can sign in as them. */
async function person(db: Database, clock: Clock, role: Role, name: string): Promise<PersonActor> {
  const now = clock.now();
  const row =
    (await db.person.findUnique({ where: { name }, include: { stageRoles: true } })) ??
    (await db.person.create({
      data: {
        id: randomUUID(),
        name,
        displayName: `The ${name}`,
        role,
        passwordHash: await unknownPassword,
        mustChangePassword: false,
        createdAt: now,
      },
      include: { stageRoles: true },
    }));
  const sessionId = randomUUID();
  await db.session.create({
    data: {
      id: sessionId,
      personId: row.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + 7 * 24 * 3600 * 1000),
    },
  });
  return {
    kind: 'person',
    id: row.id,
    name,
    displayName: row.displayName,
    role,
    stageRoles: new Map(row.stageRoles.map((each) => [each.stageId, each.role as StageRole])),
    mustChangePassword: false,
    sessionId,
  };
}
