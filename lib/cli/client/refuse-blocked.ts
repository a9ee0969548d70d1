import type { PlanResultDto } from '../../contracts/promotion';
import { AppError } from '../../errors';
import { printNotice } from '../output';

/** Warnings are said; what fails stops it here, in the words of the check. @throws AppError `plan-blocked` */
export function refuseBlocked({ facts }: PlanResultDto): void {
  for (const { result, ref, title, detail } of facts.checks) {
    const about = ref === null ? title : `${ref}: ${title}`;
    if (result === 'fail') throw new AppError('plan-blocked', `${about}: ${detail}`);
    if (result === 'warn') printNotice(`treeline: ${about}: ${detail}`);
  }
}
