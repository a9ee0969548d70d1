import type { CheckDto, StrandedDto } from '../contracts/promotion';
import { checkStages, openPromotionChecks, type StageFindings } from './check-plan';
import type { Verdict } from './check-rollback';

/** What was found about one ref that is to be removed. */
export interface RemovalFindings {
  ref: string;
  stranded: StrandedDto;
  /** Another ref that is an alias of it; or its own name, where it is one itself. */
  alias: string | null;
  /** Numbers of open promotions that write it. */
  openPromotions: readonly number[];
}

/** How much of what a commit says of its end of life is repeated. */
const endOfLifeMax = 200;

/** The checks of a removal: of the stage, then of each ref. What strands devices is a warning: somebody decides about that. */
export function checkRemoval(
  stage: StageFindings,
  refs: readonly RemovalFindings[],
  { refsLeft }: { refsLeft: number },
): CheckDto[] {
  const checks = checkStages(stage);
  if (refsLeft === 0) {
    checks.push({
      code: 'last-ref',
      title: `${stage.to} keeps a ref`,
      result: 'warn',
      detail: `these are all refs of ${stage.to}: its summary will list nothing, and nobody can pull from it`,
      ref: null,
    });
  }
  return [...checks, ...refs.flatMap((ref) => checkRef(stage, ref))];
}

function checkRef(
  { to }: StageFindings,
  { ref, stranded, alias, openPromotions }: RemovalFindings,
): CheckDto[] {
  const check = (code: string, title: string, [result, detail]: Verdict): CheckDto => ({
    code,
    title,
    result,
    detail,
    ref,
  });
  const checks = [check('end-of-life', 'Devices know where to go', endOfLife(to, ref, stranded))];
  const { downstream } = stranded;
  if (downstream.length > 0) {
    const stages = downstream.map((each) => each.stage).join(', ');
    const detail = `an edge brings it from ${to} to ${stages}, which keep${downstream.length === 1 ? 's' : ''} what is there and get${downstream.length === 1 ? 's' : ''} nothing newer`;
    checks.push(check('downstream', 'No stage gets it from here', ['warn', detail]));
  }
  for (const number of stranded.openFrom) {
    const detail = `#${number} is open and takes it from ${to}; the commit that it names stays until it is over`;
    checks.push(check('open-from', 'No promotion takes it from here', ['warn', detail]));
  }
  if (alias !== null) {
    const detail =
      alias === ref
        ? 'it is an alias of another ref; delete it with ostree'
        : `${alias} is an alias of it and would lead nowhere; delete the alias first`;
    checks.push(check('ref-alias', 'Nothing else leads to it', ['fail', detail]));
  }
  return [...checks, ...openPromotionChecks(openPromotions, check)];
}

function endOfLife(
  to: string,
  ref: string,
  { endOfLife: text, rebaseTo, isRebaseTargetThere }: StrandedDto,
): Verdict {
  if (rebaseTo !== null && isRebaseTargetThere) {
    return ['pass', `its head sends them to ${rebaseTo}, which ${to} has`];
  }
  if (rebaseTo !== null) {
    return ['warn', `its head sends them to ${rebaseTo.slice(0, endOfLifeMax)}, which ${to} does not have`];
  }
  if (text !== null) {
    return ['warn', `its head says that it ends (“${text.slice(0, endOfLifeMax)}”), and not where to go`];
  }
  return [
    'warn',
    `they get no more updates: ostree admin upgrade does not find ${ref} any more, and nothing tells them where to go`,
  ];
}
