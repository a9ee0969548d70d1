import type { Role, StageRole } from '../contracts/scalars';
import type { TokenScope } from '../contracts/token';

/** A person who is signed in. */
export interface PersonActor {
  kind: 'person';
  id: string;
  name: string;
  displayName: string;
  role: Role;
  /** Roles for stages, by the stage's id: each takes the place of `role` there. */
  stageRoles: ReadonlyMap<string, StageRole>;
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

/** A program, by a token of its service account. */
export interface ServiceActor {
  kind: 'service';
  /** The account's id. */
  id: string;
  name: string;
  displayName: string;
  tokenId: string;
  tokenName: string;
  scopes: readonly TokenScope[];
  /** Names of the stages that the scopes are for; null: any. */
  stages: readonly string[] | null;
  /** Who made the token and who holds it: they may approve what is asked for with it no more than it may itself. */
  sponsorIds: readonly string[];
}

/** Who asks over the API: somebody who is signed in, or a program. */
export type ClientActor = PersonActor | ServiceActor;

/** Who acts. Every service takes one. */
export type Actor = ClientActor | SystemActor;

/** How an actor is named in the audit log. */
export function auditActorOf(actor: Actor): { id: string | null; name: string } {
  return { id: actor.kind === 'system' ? null : actor.id, name: actor.name };
}

/** The actor of a process of Treeline's own. */
export function systemActor(name: string): SystemActor {
  return { kind: 'system', name };
}
