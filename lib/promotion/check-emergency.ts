import type { CheckDto } from '../contracts/promotion';

/** What a run waits for; an emergency does not. */
const isWaitedFor = ({ code }: CheckDto) =>
  code === 'freeze' || code === 'soak' || code === 'source-fsck' || code.startsWith('external:');

/** The checks of a plan that is published without approval: one that says what it goes past, in the place of those. */
export function checkEmergency(checks: readonly CheckDto[]): CheckDto[] {
  const passed = checks.filter((check) => isWaitedFor(check) && check.result !== 'pass');
  const titles = [...new Set(passed.map(({ title, ref }) => (ref === null ? title : `${title} (${ref})`)))];
  const check: CheckDto = {
    code: 'emergency',
    title: 'Emergency: published without approval',
    result: 'warn',
    detail:
      titles.length === 0
        ? 'nothing else that a run waits for is in its way'
        : `it does not wait for what does not hold: ${titles.join('; ')}`,
    ref: null,
  };
  return [check, ...checks.filter((each) => !isWaitedFor(each)).map(asAdvice)];
}

/** Whoever is missing is missing for the review: that stops nothing. */
function asAdvice(check: CheckDto): CheckDto {
  if (check.code !== 'approvers') return check;
  return {
    ...check,
    title: 'There is somebody to review it afterwards',
    result: check.result === 'fail' ? 'warn' : check.result,
  };
}
