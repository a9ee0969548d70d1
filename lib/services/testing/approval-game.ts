import type { PersonActor } from '../../auth/actor';
import type { StageRole } from '../../contracts/scalars';
import { findPromotion } from '../../db/promotion';
import { isAppError } from '../../errors';
import { CLOCK_TOLERANCE_SECONDS } from '../../promotion/judge-approvals';
import { proveApproval } from '../../promotion/prove-approval';
import { addGroup } from '../add-group';
import { getPromotion } from '../get-promotion';
import { readPolicyMoment } from '../policy-moment';
import { retryPromotion } from '../retry-promotion';
import { updateEdge } from '../update-edge';
import { updateGroup } from '../update-group';
import { updatePerson } from '../update-person';
import { withdrawPromotion } from '../withdraw-promotion';
import { makePromotionBench } from './promotions';

/** Calls that people may make of the services, good and bad; each as one move of a game about one request. */
export const moves = [
  'release approves',
  'security approves',
  'somebody of both approves',
  'asker approves in a reviewer’s clothes',
  'outsider approves',
  'outsider approves another plan',
  'outsider rejects',
  'outsider is put into security',
  'security is put out of its group',
  'release is disabled',
  'security becomes a viewer for the stage',
  'security is a reviewer for the stage again',
  'asker becomes a reviewer for the stage',
  'one rule is dropped',
  'rules are put back',
  'asker retries',
  'colleague retries',
  'asker withdraws',
  'three days pass',
  'the run fails',
] as const;
export type Move = (typeof moves)[number];

export interface ApprovalGame {
  /** Plays on a fresh request with fresh rules. `whyWrong` says what must never be, null where all is well. */
  play(played: readonly Move[]): Promise<{ isApproved: boolean; whyWrong: string | null }>;
  close(): Promise<void>;
}

const rules = [
  { group: 'release', required: 1 },
  { group: 'security', required: 1 },
];

/** A pipeline whose edge asks for one of release and one of security, and people of all kinds. */
export async function makeApprovalGame(): Promise<ApprovalGame> {
  const bench = await makePromotionBench();
  const { world, manager } = bench;
  const { ctx, system, clock, db } = world;
  const edge = bench.pipeline.edge.id;
  const people = {
    release: await world.person('reviewer', 'releaser'),
    security: await world.person('reviewer', 'guard'),
    both: await world.person('reviewer', 'both'),
    outsider: await world.person('reviewer', 'outsider'),
    colleague: await world.person('release-manager', 'colleague'),
  };
  const release = [people.release.id, people.both.id];
  const security = [people.security.id, people.both.id];
  const groups = {
    release: await addGroup(ctx, system, { name: 'release', members: release }),
    security: await addGroup(ctx, system, { name: 'security', members: security }),
  };
  const setSecurity = (members: string[]) => updateGroup(ctx, system, { id: groups.security.id, members });

  const setStageRole = (id: string, role: StageRole | null) =>
    updatePerson(ctx, system, { id, stageRoles: role === null ? [] : [{ stage: 'staging', role }] });
  /** As who signs in again after such a change. */
  const again = ({ name, role }: PersonActor) => world.person(role, name);

  async function reset() {
    await bench.clear();
    await updatePerson(ctx, system, { id: people.release.id, isDisabled: false });
    for (const { id } of [people.security, manager]) await setStageRole(id, null);
    await setSecurity(security);
    await updateEdge(ctx, system, { id: edge, approvalRules: rules });
    return bench.request();
  }

  function act(move: Move, number: number): Promise<unknown> {
    const decide = async (person: PersonActor, decision: 'approve' | 'reject' = 'approve') => {
      const actor = await again(person);
      return bench.decide(await getPromotion(ctx, actor, number), actor, decision);
    };
    switch (move) {
      case 'release approves':
        return decide(people.release);
      case 'security approves':
        return decide(people.security);
      case 'somebody of both approves':
        return decide(people.both);
      case 'asker approves in a reviewer’s clothes':
        return getPromotion(ctx, manager, number).then((seen) =>
          bench.decide(seen, { ...manager, role: 'reviewer' }),
        );
      case 'outsider approves':
        return decide(people.outsider);
      case 'outsider approves another plan':
        return getPromotion(ctx, people.outsider, number).then((seen) =>
          bench.decide({ ...seen, planChecksum: 'a'.repeat(64) }, people.outsider),
        );
      case 'outsider rejects':
        return decide(people.outsider, 'reject');
      case 'outsider is put into security':
        return setSecurity([...security, people.outsider.id]);
      case 'security is put out of its group':
        return setSecurity([people.both.id]);
      case 'release is disabled':
        return updatePerson(ctx, system, { id: people.release.id, isDisabled: true });
      case 'security becomes a viewer for the stage':
        return setStageRole(people.security.id, 'viewer');
      case 'security is a reviewer for the stage again':
        return setStageRole(people.security.id, null);
      case 'asker becomes a reviewer for the stage':
        return setStageRole(manager.id, 'reviewer').then(() => decide(manager));
      case 'one rule is dropped':
        return updateEdge(ctx, system, { id: edge, approvalRules: rules.slice(0, 1) });
      case 'rules are put back':
        return updateEdge(ctx, system, { id: edge, approvalRules: rules });
      case 'asker retries':
        return again(manager).then((actor) => retryPromotion(ctx, actor, number));
      case 'colleague retries':
        return retryPromotion(ctx, people.colleague, number);
      case 'asker withdraws':
        return again(manager).then((actor) => withdrawPromotion(ctx, actor, number));
      case 'three days pass':
        return Promise.resolve(clock.advance(72 * 3600 + CLOCK_TOLERANCE_SECONDS + 1));
      case 'the run fails':
        return failRun(number);
    }
  }

  /** As a worker ends a run that it has claimed. */
  async function failRun(number: number): Promise<void> {
    const promotion = await getPromotion(ctx, manager, number);
    if (promotion.state === 'approved') await bench.end(promotion, 'failed');
  }

  return {
    async play(played) {
      const { number } = await reset();
      for (const move of played) {
        await act(move, number).catch((error: unknown) => {
          if (!isAppError(error)) throw error;
        });
        const whyWrong = await findWrong(number);
        if (whyWrong !== null) return { isApproved: true, whyWrong: `after “${move}”: ${whyWrong}` };
      }
      const { state } = await getPromotion(ctx, manager, number);
      return { isApproved: state === 'approved', whyWrong: null };
    },
    close: () => world.close(),
  };

  /** Judges the rows by themselves, without the rules: what is approved has two people, one of each group, behind it. */
  async function findWrong(number: number): Promise<string | null> {
    const row = await findPromotion(db, number);
    if (row?.state !== 'approved') {
      const queued = await db.run.count({ where: { promotion: { number }, state: 'queued' } });
      return queued === 0 ? null : 'a run is queued and nothing is approved';
    }
    const now = clock.now().getTime();
    const active = await db.person.findMany({
      where: { disabledAt: null, stageRoles: { none: { role: 'viewer' } } },
      select: { id: true },
    });
    const mayCount = new Set(active.map(({ id }) => id));
    const holds = row.approvals.filter(
      (each) =>
        each.decision === 'approve' &&
        each.planChecksum === row.planChecksum &&
        each.voided === null &&
        mayCount.has(each.reviewerId) &&
        each.createdAt.getTime() + 72 * 3600 * 1000 >= now,
    );
    const isExpiredOnly = row.approvals.some((each) => each.createdAt.getTime() + 72 * 3600 * 1000 < now);
    const moment = await readPolicyMoment(db, clock.now());
    const there = moment.on(row.edge.toStageId);
    const { why } = proveApproval(row, { ...there, toleranceSeconds: CLOCK_TOLERANCE_SECONDS });
    // What waits in the queue may outlive its approvals; then no worker takes it.
    if (why !== null) return isExpiredOnly ? null : `it is approved, and the rows don’t prove it: ${why}`;
    const ids = new Set(holds.map((each) => each.reviewerId));
    const isOneRule = !row.planJson.includes('"security"');
    if (ids.has(manager.id) || ids.has(people.colleague.id)) return 'who asked approved it';
    if (ids.size < (isOneRule ? 1 : 2)) return `${ids.size} people approved it`;
    return null;
  }
}
