import type { PromotionState } from '@/lib/contracts/promotion';

export interface PlanHeadings {
  title: string;
  before: string;
  after: string;
}

/** The headings of a plan's table: a plan that was carried out speaks of the past, a refused one of what might have been. */
export function planHeadings(target: string, state: PromotionState | undefined): PlanHeadings {
  if (state === 'published')
    return { title: 'What happened', before: `${target} before`, after: `${target} after` };
  if (state === 'running')
    return { title: 'What is happening', before: `${target} before`, after: 'becomes' };
  if (state !== undefined && state !== 'requested' && state !== 'approved')
    return { title: 'What was planned', before: `${target} then`, after: 'would become' };
  return { title: 'What will happen', before: `${target} now`, after: 'becomes' };
}
