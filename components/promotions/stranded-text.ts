import type { StrandedDto } from '@/lib/contracts/promotion';

/** How much of what a commit says of its end of life is shown. */
const endOfLifeMax = 200;

/** Whether devices learn by themselves where to go on, in a sentence. */
export function endOfLifeText(
  { endOfLife, rebaseTo, isRebaseTargetThere }: StrandedDto,
  stage: string,
): string {
  const said = endOfLife === null ? '' : ` (“${endOfLife.slice(0, endOfLifeMax)}”)`;
  if (rebaseTo !== null && isRebaseTargetThere) {
    return `The head says that it ends${said} and sends devices to ${rebaseTo}, which ${stage} has.`;
  }
  if (rebaseTo !== null) {
    return `The head says that it ends${said} and sends devices to ${rebaseTo}, which ${stage} does not have.`;
  }
  if (endOfLife !== null) return `The head says that it ends${said}, and not where to go on.`;
  return 'Nothing in its head tells devices that it ends, or where to go on.';
}

/** Where devices can go on: the refs that have this very commit, then those with a later one. */
export function rebaseTargets({ rebaseTo, isRebaseTargetThere, sameRefs, laterRefs }: StrandedDto): {
  ref: string;
  why: string;
}[] {
  const targets = [
    ...(rebaseTo !== null && isRebaseTargetThere
      ? [{ ref: rebaseTo, why: 'where the head sends them' }]
      : []),
    ...laterRefs.map((ref) => ({ ref, why: 'a later commit of the same history' })),
    ...sameRefs.map((ref) => ({ ref, why: 'the same commit' })),
  ];
  return targets.filter(({ ref }, at) => targets.findIndex((each) => each.ref === ref) === at);
}

/** "3 commits": what nothing needs once the ref is gone; and how many stay. */
export function commitsText({ commits, commitsKept }: Pick<StrandedDto, 'commits' | 'commitsKept'>): string {
  const going =
    commits === 0
      ? 'No commit of its history is deleted'
      : `${plural(commits, 'commit')} of its history can go`;
  if (commitsKept === 0) return `${going}.`;
  const stay = commitsKept === 1 ? 'stays' : 'stay';
  return `${going}; ${plural(commitsKept, 'commit')} ${stay}, since something else needs ${commitsKept === 1 ? 'it' : 'them'}.`;
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-GB')} ${noun}${count === 1 ? '' : 's'}`;
}
