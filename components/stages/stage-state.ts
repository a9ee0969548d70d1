import type { PromotionRowDto } from '@/lib/contracts/promotion';
import type { StageDto, StageRefDto, SummaryDrift } from '@/lib/contracts/stage';

export interface StageState {
  tone: 'none' | 'ok' | 'run' | 'wait' | 'bad' | 'stale';
  text: string;
  /** ISO time that completes the text: "published" + "6 days ago". */
  at: string | null;
  /** The sentence behind the words. */
  why: string | null;
}

/** What others made of a summary, as clients see it. */
export const SUMMARY_DRIFTS: Record<SummaryDrift, string> = {
  replaced:
    'Something other than Treeline replaced the summary: clients that check signatures may refuse it.',
  removed: 'Something other than Treeline removed the summary: clients find no refs by it.',
  unsigned:
    'Something other than Treeline removed the signatures of the summary: clients that check them refuse it.',
};

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

/**
 * What the pill of a stage says: the most pressing thing first.
 * @param inFlight promotions that are not over, of any stage
 */
export function stageState(
  stage: StageDto,
  refs: readonly Pick<StageRefDto, 'isBroken' | 'isDrifted'>[],
  inFlight: readonly PromotionRowDto[],
): StageState {
  if (stage.problem !== null) return { tone: 'bad', text: 'can’t be read', at: null, why: stage.problem };
  const broken = refs.filter((ref) => ref.isBroken).length;
  if (broken > 0)
    return {
      tone: 'bad',
      text: count(broken, 'broken ref', 'broken refs'),
      at: null,
      why: 'A ref names a commit that is missing or damaged. Run fsck on the repository.',
    };
  const coming = inFlight.filter(({ edge }) => edge.to === stage.name);
  const running =
    coming.find(({ state }) => state === 'running') ??
    coming.find(({ state, waits }) => state === 'approved' && waits.length === 0);
  if (running !== undefined)
    return { tone: 'run', text: `#${running.number} ${running.stateText}`, at: null, why: running.title };
  const held = coming.find(({ state }) => state === 'approved');
  if (held !== undefined)
    return {
      tone: 'wait',
      text: `#${held.number} ${held.stateText}`,
      at: null,
      why: held.waits.map(({ detail }) => detail).join('; '),
    };
  const waiting = coming.filter(({ state }) => state === 'requested').length;
  if (waiting > 0)
    return { tone: 'wait', text: count(waiting, 'waits for review', 'wait for review'), at: null, why: null };
  const drifted = refs.filter((ref) => ref.isDrifted).length;
  if (drifted > 0)
    return {
      tone: 'stale',
      text: `${count(drifted, 'ref', 'refs')} changed outside`,
      at: null,
      why: 'Something other than Treeline moved them. Adopt the present heads in settings, or put them back.',
    };
  if (stage.summaryDrift !== null)
    return {
      tone: 'stale',
      text: 'summary changed outside',
      at: null,
      why: `${SUMMARY_DRIFTS[stage.summaryDrift]} The next promotion writes it anew.`,
    };
  if (stage.summary !== null && !stage.summary.isCurrent)
    return {
      tone: 'wait',
      text: 'summary out of date',
      at: null,
      why: 'The summary names other commits than the refs do. The next promotion writes it anew.',
    };
  if (stage.lastPublishedAt !== null)
    return { tone: 'ok', text: 'published', at: stage.lastPublishedAt, why: null };
  if (stage.refCount === 0) return { tone: 'none', text: 'empty', at: null, why: null };
  return { tone: 'ok', text: 'healthy', at: null, why: null };
}
