import { setTimeout as sleep } from 'node:timers/promises';
import type { PersonActor } from '../auth/actor';
import type { PromotionDto } from '../contracts/promotion';
import { createPlan } from '../services/create-plan';
import { createPromotion } from '../services/create-promotion';
import { decidePromotion } from '../services/decide-promotion';
import { getPromotion } from '../services/get-promotion';
import { listEdges } from '../services/list-edges';
import type { ServiceContext } from '../services/service-context';
import { withdrawPromotion } from '../services/withdraw-promotion';
import type { DemoClock } from './demo-clock';
import type { DemoPersonName } from './demo-people';
import { DEMO_REFS, type DemoStageName } from './demo-stages';

/** One promotion of the weeks before. Times are hours before now. */
export interface StoryPromotion {
  from: DemoStageName;
  to: DemoStageName;
  reason: string;
  askedHours: number;
  outcome:
    | { kind: 'published'; decidedHours: number; comment: string }
    | { kind: 'rejected'; decidedHours: number; comment: string }
    | { kind: 'withdrawn'; decidedHours: number }
    | { kind: 'waiting' };
}

/** What happens when a release is out: its promotions, in the order of time. */
export interface StoryChapter {
  /** Index into RELEASES. */
  release: number;
  promotions: readonly StoryPromotion[];
}

/** Releases before the first chapter are in every stage already. */
export const STORY: readonly StoryChapter[] = [
  {
    release: 6,
    promotions: [
      {
        from: 'dev',
        to: 'staging',
        reason: 'Release 7.3.0 for the lab farm',
        askedHours: 688,
        outcome: { kind: 'published', decidedHours: 686, comment: 'Boots on all boards of the farm.' },
      },
      {
        from: 'staging',
        to: 'production',
        reason: 'Release 7.3.0, disk encryption bound to the TPM',
        askedHours: 572,
        outcome: { kind: 'published', decidedHours: 569, comment: 'Four days in the lab without a finding.' },
      },
    ],
  },
  {
    release: 7,
    promotions: [
      {
        from: 'dev',
        to: 'staging',
        reason: 'Release 7.4.0 for the lab farm',
        askedHours: 474,
        outcome: { kind: 'published', decidedHours: 471, comment: '' },
      },
      {
        from: 'staging',
        to: 'production',
        reason: 'Release 7.4.0, Linux 6.1.69',
        askedHours: 404,
        outcome: {
          kind: 'rejected',
          decidedHours: 401,
          comment: 'Two boards lost their modem overnight. Please show first that it is not this kernel.',
        },
      },
      {
        from: 'staging',
        to: 'production',
        reason: 'Release 7.4.0 again: the modems had a loose connector, see the lab report of Tuesday',
        askedHours: 310,
        outcome: {
          kind: 'published',
          decidedHours: 307,
          comment: 'Read the report, and saw both boards run.',
        },
      },
    ],
  },
  {
    release: 8,
    promotions: [
      {
        from: 'dev',
        to: 'staging',
        reason: 'Release 7.4.1, security update for openssl',
        askedHours: 140,
        outcome: { kind: 'published', decidedHours: 139, comment: 'Only openssl and gnutls change.' },
      },
    ],
  },
  {
    release: 9,
    promotions: [
      {
        from: 'dev',
        to: 'staging',
        reason: 'Release 7.4.2, modem fixes',
        askedHours: 66,
        outcome: { kind: 'withdrawn', decidedHours: 50 },
      },
    ],
  },
  {
    release: 10,
    promotions: [
      {
        from: 'staging',
        to: 'production',
        reason: 'Release 7.4.1, security update for openssl',
        askedHours: 5,
        outcome: { kind: 'waiting' },
      },
    ],
  },
];

export interface StoryTeller {
  ctx: ServiceContext;
  clock: DemoClock;
  /** When the demo is made. */
  now: Date;
  actors: Record<DemoPersonName, PersonActor>;
  signal: AbortSignal;
}

const RUN_SECONDS_MAX = 300;

/**
 * Plays one promotion through the services, as its people would have. One that is to be published is carried
 * out by the worker that runs meanwhile.
 */
export async function playPromotion(teller: StoryTeller, story: StoryPromotion): Promise<void> {
  const { ctx, clock, actors } = teller;
  clock.moveTo(hoursBefore(teller.now, story.askedHours));
  const edge = await findEdge(teller, story);
  const refs = DEMO_REFS.map((ref) => ({ ref }));
  const { planChecksum } = await createPlan(ctx, actors['release-manager'], { edge, refs });
  const { number } = await createPromotion(ctx, actors['release-manager'], {
    edge,
    refs,
    planChecksum,
    reason: story.reason,
  });
  const { outcome } = story;
  if (outcome.kind === 'waiting') return;
  clock.moveTo(hoursBefore(teller.now, outcome.decidedHours));
  if (outcome.kind === 'withdrawn') {
    await withdrawPromotion(ctx, actors['release-manager'], number);
    return;
  }
  const decision = outcome.kind === 'published' ? 'approve' : 'reject';
  await decidePromotion(ctx, actors.reviewer, { number, decision, planChecksum, comment: outcome.comment });
  if (outcome.kind === 'published') await waitUntilPublished(teller, number);
}

async function findEdge({ ctx, actors }: StoryTeller, story: StoryPromotion): Promise<string> {
  const edges = await listEdges(ctx, actors.admin);
  const edge = edges.find(({ from, to }) => from === story.from && to === story.to);
  if (!edge) throw new Error(`the demo has no edge from ${story.from} to ${story.to}`);
  return edge.id;
}

async function waitUntilPublished({ ctx, actors, signal }: StoryTeller, number: number): Promise<void> {
  const deadline = performance.now() + RUN_SECONDS_MAX * 1000;
  for (;;) {
    signal.throwIfAborted();
    const promotion = await getPromotion(ctx, actors.auditor, number);
    if (promotion.state === 'published') return;
    const isOver = promotion.state === 'failed' || promotion.state === 'stale';
    if (isOver || performance.now() > deadline) throw new Error(describeFailure(promotion));
    await sleep(20, undefined, { signal });
  }
}

function describeFailure(promotion: PromotionDto): string {
  const error = promotion.runs.at(-1)?.error;
  return `promotion #${promotion.number} of the demo is ${promotion.state}: ${error?.message ?? promotion.stateText}`;
}

function hoursBefore(now: Date, hours: number): Date {
  return new Date(now.getTime() - hours * 3_600_000);
}
