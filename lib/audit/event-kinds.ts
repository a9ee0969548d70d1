import { z } from 'zod';
import { type HoldOrigin, holdOriginSchema, holdScopeSchema } from '../contracts/hold';
import { planKindSchema } from '../contracts/promotion';
import { checksumSchema, modeSchema, roleSchema } from '../contracts/scalars';
import { summaryDriftSchema } from '../contracts/stage';
import { utcMinute } from '../contracts/utc-minute';

/** Free text as an event holds it. Names and reasons are cut before they get here. */
const text = z.string().max(2000);
const count = z.number().int().nonnegative();
const attempt = z.number().int().positive();
const step = z.string().max(40);
const kindWithin = planKindSchema.exclude(['promote']);
const failure = { code: z.string().max(60), message: z.string().max(2000) };

/** What one kind of event holds, and the sentence a person reads, without the actor. */
interface Kind<Data extends z.ZodType> {
  data: Data;
  sentence: (data: z.infer<Data>, about: EventSubject) => string;
}

/** What an event is about; each may be absent. */
export interface EventSubject {
  stage: string | null;
  ref: string | null;
  promotion: number | null;
}

function kind<Data extends z.ZodType>(data: Data, sentence: Kind<Data>['sentence']): Kind<Data> {
  return { data, sentence };
}

/**
 * Everything that is ever recorded: a closed union, each kind with its own schema. Kinds are never removed
 * or given another meaning, since old events have to stay readable; new ones may be added.
 */
export const eventKinds = {
  'session.started': kind(z.strictObject({ session: text }), () => 'signed in'),
  'session.ended': kind(z.strictObject({ session: text }), () => 'signed out'),
  'session.refused': kind(
    z.strictObject({ name: text, why: text }),
    (d) => `could not sign in as ${d.name}: ${d.why}`,
  ),

  'person.added': kind(
    z.strictObject({
      name: text,
      role: roleSchema,
      stageRoles: z.array(z.strictObject({ stage: text, role: roleSchema })).optional(),
    }),
    (d) =>
      `added ${d.name} as ${[d.role, ...(d.stageRoles ?? []).map(({ stage, role }) => `${role} for ${stage}`)].join(', ')}`,
  ),
  'person.updated': kind(
    z.strictObject({ name: text, changes: z.array(text) }),
    (d) => `changed ${d.name}: ${d.changes.join(', ')}`,
  ),
  'person.password-reset': kind(
    z.strictObject({ name: text }),
    (d) => `gave ${d.name} a new one-time password and ended their sessions`,
  ),
  'person.password-changed': kind(z.strictObject({}), () => 'changed their password'),

  'account.added': kind(z.strictObject({ name: text }), (d) => `added the service account ${d.name}`),
  'account.updated': kind(
    z.strictObject({ name: text, changes: z.array(text) }),
    (d) => `changed the service account ${d.name}: ${d.changes.join(', ')}`,
  ),
  'token.added': kind(
    z.strictObject({
      account: text,
      name: text,
      /** Its first characters. */
      hint: text,
      scopes: z.array(text),
      stages: z.array(text).optional(),
      holder: text,
      expiresAt: text,
    }),
    (d) =>
      `made the token “${d.name}” of ${d.account} for ${d.holder} (${d.scopes.join(', ')}${d.stages === undefined ? '' : ` for ${d.stages.join(', ')}`}, until ${d.expiresAt.slice(0, 10)})`,
  ),
  'token.revoked': kind(
    z.strictObject({ account: text, name: text, hint: text }),
    (d) => `revoked the token “${d.name}” of ${d.account}`,
  ),

  'group.added': kind(
    z.strictObject({ name: text, members: z.array(text) }),
    (d) => `added the group ${d.name} (${d.members.join(', ') || 'nobody yet'})`,
  ),
  'group.updated': kind(
    z.strictObject({ name: text, added: z.array(text), removed: z.array(text) }),
    (d) => `changed the group ${d.name}: ${joinChanges(d.added, d.removed)}`,
  ),
  'group.removed': kind(z.strictObject({ name: text }), (d) => `removed the group ${d.name}`),

  'stage.added': kind(
    z.strictObject({ repoPath: text, mode: text, adoptedRefs: count }),
    (d, about) =>
      `added the stage ${about.stage} (${d.repoPath}) and adopted ${plural(d.adoptedRefs, 'ref')}`,
  ),
  'stage.updated': kind(
    z.strictObject({ changes: z.array(text) }),
    (d, about) => `changed the stage ${about.stage}: ${d.changes.join(', ')}`,
  ),
  'stage.refs-adopted': kind(
    z.strictObject({
      refs: z.array(
        z.strictObject({ ref: text, from: checksumSchema.nullable(), to: checksumSchema.nullable() }),
      ),
    }),
    (d, about) => `adopted ${plural(d.refs.length, 'changed ref')} of ${about.stage}`,
  ),
  'stage.differs': kind(
    z.strictObject({
      /** The first of them. */
      refs: z.array(
        z.strictObject({ ref: text, known: checksumSchema.nullable(), found: checksumSchema.nullable() }),
      ),
      refCount: count,
      /** A promotion that was published there and is not on record: the database is older than the repository. */
      unknownPromotion: count.nullable(),
      /** What others made of the summary; absent where nothing. */
      summary: summaryDriftSchema.optional(),
    }),
    (d, about) =>
      `found that ${about.stage} is not as recorded: ${[
        ...(d.unknownPromotion === null ? [] : [`it holds #${d.unknownPromotion}, which is not on record`]),
        ...(d.summary === undefined ? [] : [`its summary ${summaryText[d.summary]}`]),
        ...(d.refCount === 0 ? [] : [`${plural(d.refCount, 'ref')} differ${d.refCount === 1 ? 's' : ''}`]),
      ].join(', ')}`,
  ),
  'stage.agrees': kind(z.strictObject({}), (_, about) => `found that ${about.stage} is as recorded again`),
  'stage.key-added': kind(
    z.strictObject({ type: text, keyId: text, purpose: text }),
    (d, about) => `added the ${d.type} key ${d.keyId} to ${about.stage} (${d.purpose})`,
  ),
  'stage.key-retired': kind(
    z.strictObject({ type: text, keyId: text }),
    (d, about) => `retired the ${d.type} key ${d.keyId} of ${about.stage}`,
  ),
  'edge.added': kind(
    z.strictObject({
      from: text,
      to: text,
      mode: modeSchema,
      refGlobs: z.array(text),
      approvalsRequired: count,
      /** As people read them; absent where an edge had but a number of reviewers. */
      rules: z.array(text).optional(),
      /** Whose release managers may publish without approval; absent where nobody may. */
      emergencyGroup: text.optional(),
      /** What it promotes by itself; absent where nothing is. */
      automatic: z.strictObject({ refs: z.array(text), approval: text }).optional(),
    }),
    (d) =>
      `added the edge ${d.from} → ${d.to} (${d.mode}, ${d.rules?.join(' and ') ?? plural(d.approvalsRequired, 'approval')}${d.emergencyGroup === undefined ? '' : `; ${d.emergencyGroup} may publish without approval`}${d.automatic === undefined ? '' : `; promotes ${d.automatic.refs.join(', ')} by itself, approval ${d.automatic.approval}`})`,
  ),
  'edge.updated': kind(
    z.strictObject({ from: text, to: text, policyVersion: count, changes: z.array(text) }),
    (d) => `changed the edge ${d.from} → ${d.to}: ${d.changes.join(', ')}`,
  ),

  'freeze.added': kind(
    z.strictObject({ name: text, when: text, reason: text }),
    (d, about) =>
      `added the freeze window ${d.name} for ${about.stage ?? 'all stages'} (${d.when}): ${d.reason}`,
  ),
  'freeze.updated': kind(
    z.strictObject({ name: text, changes: z.array(text) }),
    (d) => `changed the freeze window ${d.name}: ${d.changes.join(', ')}`,
  ),
  'freeze.removed': kind(
    z.strictObject({ name: text, when: text }),
    (d, about) => `removed the freeze window ${d.name} of ${about.stage ?? 'all stages'} (${d.when})`,
  ),
  'freeze.overridden': kind(
    z.strictObject({
      planChecksum: checksumSchema,
      windows: z.array(z.strictObject({ name: text, from: text, to: text })),
      reason: text,
      session: text.nullable(),
    }),
    (d, about) =>
      `overrode the freeze of ${about.stage} (${d.windows.map((each) => each.name).join(', ')}) for #${about.promotion}: ${d.reason}`,
  ),
  'freeze.override-withdrawn': kind(
    z.strictObject({ windows: z.array(text), why: text }),
    (d, about) =>
      `withdrew the override of a freeze (${d.windows.join(', ')}) for #${about.promotion}: ${d.why}`,
  ),

  'hold.set': kind(
    z.strictObject({ scope: holdScopeSchema, origin: holdOriginSchema, reason: text }),
    (d, about) =>
      `held ${about.ref} in ${about.stage}${d.scope === 'automatic' ? ' against automatic promotion' : ''}${holdCause(d.origin, about)}: ${d.reason}`,
  ),
  'hold.lifted': kind(
    z.strictObject({ origin: holdOriginSchema, reason: text }),
    (d, about) =>
      `lifted the hold on ${about.ref} in ${about.stage}${holdCause(d.origin, about)}: ${d.reason}`,
  ),

  'promotion.requested': kind(
    z.strictObject({
      from: text,
      to: text,
      planChecksum: checksumSchema,
      refs: z.array(text),
      reason: text,
      /** The name of the token, where a program asked. */
      token: text.optional(),
      /** ISO 8601; absent where it may begin at once. */
      notBefore: text.optional(),
      /** Of a rollback or a removal; absent of a promotion. */
      kind: kindWithin.optional(),
    }),
    (d, about) =>
      `requested #${about.promotion}, ${requestText(d)}${d.notBefore === undefined ? '' : `, not before ${utcMinute(d.notBefore)}`}`,
  ),
  'promotion.approved': kind(
    z.strictObject({
      planChecksum: checksumSchema,
      comment: text,
      approvals: count,
      required: count,
      session: text.nullable(),
      /** Rules that still lack somebody; absent from the time before there were rules. */
      open: z.array(text).optional(),
    }),
    (d, about) => `approved #${about.promotion} (${d.approvals} of ${d.required})`,
  ),
  'promotion.approvals-voided': kind(
    z.strictObject({
      why: text,
      approvals: z.array(z.strictObject({ reviewer: text, planChecksum: checksumSchema, at: text })),
    }),
    (d, about) =>
      `voided ${plural(d.approvals.length, 'approval')} of #${about.promotion} (${d.approvals
        .map((each) => each.reviewer)
        .join(', ')}): ${d.why}`,
  ),
  'promotion.check-reported': kind(
    z.strictObject({
      name: text,
      state: z.enum(['pending', 'passed', 'failed']),
      planChecksum: checksumSchema,
      link: text.nullable(),
      summary: text,
      token: text,
    }),
    (d, about) =>
      `reported the check ${d.name} of #${about.promotion} as ${d.state}${d.summary === '' ? '' : `: ${d.summary}`}`,
  ),
  'promotion.rejected': kind(
    z.strictObject({ planChecksum: checksumSchema, comment: text, session: text.nullable() }),
    (d, about) => `rejected #${about.promotion}${d.comment === '' ? '' : `: ${d.comment}`}`,
  ),
  'promotion.withdrawn': kind(z.strictObject({}), (_, about) => `withdrew #${about.promotion}`),
  'promotion.emergency': kind(
    z.strictObject({
      planChecksum: checksumSchema,
      /** The group that let them. */
      group: text,
      reviewHours: count,
      reason: text,
      /** What it went past. */
      passed: text,
      session: text.nullable(),
    }),
    (d, about) =>
      `EMERGENCY: asked to publish #${about.promotion} into ${about.stage} without approval (${d.group}): ${d.reason}`,
  ),
  'emergency.reviewed': kind(
    z.strictObject({
      verdict: z.enum(['accepted', 'objected']),
      comment: text,
      /** Whether as many have reviewed it as have to. */
      isComplete: z.boolean(),
      session: text.nullable(),
    }),
    (d, about) =>
      `${d.verdict === 'accepted' ? 'accepted' : 'objected to'} the emergency #${about.promotion} afterwards${d.isComplete ? ', which completes its review' : ''}: ${d.comment}`,
  ),
  'emergency.review-overdue': kind(
    z.strictObject({
      dueAt: text,
      /** Counted from 1. */
      reminder: count,
    }),
    (d, about) =>
      `noted that the review of the emergency #${about.promotion} is overdue since ${utcMinute(d.dueAt)}${d.reminder === 1 ? '' : ` (reminder ${d.reminder})`}`,
  ),
  'promotion.superseded': kind(
    z.strictObject({ by: count }),
    (d, about) => `superseded #${about.promotion} by #${d.by}`,
  ),
  'promotion.cancel-asked': kind(
    z.strictObject({ attempt, reason: text, session: text.nullable() }),
    (d, about) =>
      `asked to cancel run ${d.attempt} of #${about.promotion}${d.reason === '' ? '' : `: ${d.reason}`}`,
  ),
  'promotion.retried': kind(
    z.strictObject({ attempt, planChecksum: checksumSchema }),
    (d, about) => `asked for run ${d.attempt} of #${about.promotion}, same plan`,
  ),
  'promotion.replanned': kind(
    z.strictObject({ from: checksumSchema, to: checksumSchema, voided: count }),
    (d, about) => `planned #${about.promotion} anew; ${plural(d.voided, 'approval')} no longer count`,
  ),
  'promotion.staled': kind(
    z.strictObject({ why: text }),
    (d, about) => `marked #${about.promotion} stale: ${d.why}`,
  ),

  'run.queued': kind(
    z.strictObject({ attempt }),
    (d, about) => `queued run ${d.attempt} of #${about.promotion}`,
  ),
  'run.claimed': kind(
    z.strictObject({ attempt, worker: text, fencingToken: count }),
    (d, about) => `took up run ${d.attempt} of #${about.promotion}`,
  ),
  'run.effect-intended': kind(
    z.strictObject({ attempt, step, effect: text }),
    (d, about) => `#${about.promotion} ${d.step}: about to ${d.effect}`,
  ),
  'run.effect-done': kind(
    z.strictObject({ attempt, step, effect: text }),
    (d, about) => `#${about.promotion} ${d.step} done: ${d.effect}`,
  ),
  'run.ref-moved': kind(
    z.strictObject({ attempt, from: checksumSchema.nullable(), to: checksumSchema }),
    (d, about) => `#${about.promotion} moved ${about.ref} to ${d.to.slice(0, 10)}`,
  ),
  'run.ref-removed': kind(
    z.strictObject({ attempt, from: checksumSchema }),
    (d, about) =>
      `#${about.promotion} removed ${about.ref} from ${about.stage} (it was at ${d.from.slice(0, 10)})`,
  ),
  'run.put-back': kind(
    z.strictObject({ attempt, step, why: text }),
    (d, about) => `queued run ${d.attempt} of #${about.promotion} again before anything moved: ${d.why}`,
  ),
  'run.published': kind(
    z.strictObject({
      attempt,
      summary: checksumSchema.nullable(),
      /** Of a rollback or a removal; absent of a promotion. */
      kind: kindWithin.optional(),
    }),
    (d, about) =>
      d.kind === undefined
        ? `published #${about.promotion} (run ${d.attempt})`
        : d.kind === 'remove'
          ? `removed from ${about.stage} what #${about.promotion} names (run ${d.attempt})`
          : `rolled ${about.stage} back by #${about.promotion} (${kindText[d.kind]}, run ${d.attempt})`,
  ),
  'run.failed': kind(
    z.strictObject({ attempt, step, ...failure }),
    (d, about) => `#${about.promotion} failed in ${d.step}: ${d.message}`,
  ),
  'run.stale': kind(
    z.strictObject({ attempt, step, ...failure }),
    (d, about) => `#${about.promotion} is stale: ${d.message}`,
  ),
  'run.cancelled': kind(
    z.strictObject({ attempt, step, why: text }),
    (d, about) => `stopped #${about.promotion} in ${d.step}, before anything moved: ${d.why}`,
  ),
  'run.recovered': kind(
    z.strictObject({ attempt, step }),
    (d, about) => `finished #${about.promotion} from the journal left in ${about.stage} (${d.step})`,
  ),

  'retirement.scheduled': kind(
    z.strictObject({ refs: z.array(text), dueAt: text }),
    (d, about) =>
      `keeps what ${plural(d.refs.length, 'ref')} of ${about.stage} led to until ${utcMinute(d.dueAt)}, since #${about.promotion} removed ${d.refs.length === 1 ? 'it' : 'them'}`,
  ),
  'retirement.stopped': kind(
    z.strictObject({ reason: text, session: text.nullable() }),
    (d, about) =>
      `kept the commits that #${about.promotion} left in ${about.stage} without a ref: ${d.reason}`,
  ),
  'retirement.began': kind(
    z.strictObject({ commits: count, objects: count, bytes: text }),
    (d, about) =>
      `about to delete ${plural(d.commits, 'commit')} with ${plural(d.objects, 'object')} from ${about.stage} that #${about.promotion} left without a ref`,
  ),
  'retirement.done': kind(
    z.strictObject({
      commits: count,
      /** Commits that stay since something needs them. */
      kept: count,
      objects: count,
      /** Decimal strings: of the files that went, and of those whose only link was there. */
      bytes: text,
      freedBytes: text,
      deltas: count,
    }),
    (d, about) =>
      d.commits === 0
        ? `deleted nothing of what #${about.promotion} left in ${about.stage}: all of it is needed or gone`
        : `deleted ${plural(d.commits, 'commit')} with ${plural(d.objects, 'object')} (${d.bytes} bytes, ${d.freedBytes} freed) from ${about.stage} after #${about.promotion}${d.kept === 0 ? '' : `; ${plural(d.kept, 'commit')} stay${d.kept === 1 ? 's' : ''}, since something needs ${d.kept === 1 ? 'it' : 'them'}`}`,
  ),

  'audit.exported': kind(
    z.strictObject({ events: count }),
    (d) => `exported ${plural(d.events, 'audit event')}`,
  ),
} as const;

export type AuditKind = keyof typeof eventKinds;
export type AuditData<K extends AuditKind> = z.infer<(typeof eventKinds)[K]['data']>;

/** The sentence of a stored event; its kind alone where this version does not know it. */
export function describeEvent(name: string, dataJson: string, about: EventSubject): string {
  if (!Object.hasOwn(eventKinds, name)) return name;
  const { data, sentence } = eventKinds[name as AuditKind] as unknown as Kind<z.ZodType>;
  const parsed = data.safeParse(JSON.parse(dataJson));
  return parsed.success ? sentence(parsed.data, about) : name;
}

const summaryText = {
  replaced: 'was replaced',
  removed: 'is gone',
  unsigned: 'has lost its signatures',
} as const;
const kindText = { 'roll-forward': 'roll forward', reset: 'reset' } as const;

function requestText(d: {
  from: string;
  to: string;
  refs: readonly string[];
  kind?: keyof typeof kindText | 'remove' | undefined;
}): string {
  const refs = plural(d.refs.length, 'ref');
  if (d.kind === 'remove') return `the removal of ${refs} from ${d.to}`;
  return d.kind === undefined
    ? `${refs} from ${d.from} to ${d.to}`
    : `a rollback of ${refs} of ${d.to} (${kindText[d.kind]})`;
}

function holdCause(origin: HoldOrigin, { promotion }: EventSubject): string {
  if (origin === 'hand') return '';
  const causes = {
    rollback: ` after the rollback #${promotion}`,
    'older-choice': ` after #${promotion}, an older choice`,
    removal: ` after its removal by #${promotion}`,
  };
  return causes[origin];
}

function joinChanges(added: readonly string[], removed: readonly string[]): string {
  return [...added.map((name) => `+ ${name}`), ...removed.map((name) => `− ${name}`)].join(', ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
