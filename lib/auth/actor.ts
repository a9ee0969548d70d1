import type { Role } from '../contracts/scalars';

/** A person who is signed in. */
export interface PersonActor {
  kind: 'person';
  id: string;
  name: string;
  displayName: string;
  role: Role;
  mustChangePassword: boolean;
  /** The session row's id: recorded with decisions. */
  sessionId: string | null;
}

/** One of Treeline's own processes, or the command line run by who has the home folder. */
export interface SystemActor {
  kind: 'system';
  /** `command line`, `worker`, `demo`. */
  name: string;
}

/** Who acts. Every service takes one. */
export type Actor = PersonActor | SystemActor;

/** How an actor is named in the audit log. */
export function auditActorOf(actor: Actor): { id: string | null; name: string } {
  return actor.kind === 'person' ? { id: actor.id, name: actor.name } : { id: null, name: actor.name };
}

/** The actor of a process of Treeline's own. */
export function systemActor(name: string): SystemActor {
  return { kind: 'system', name };
}
