import type { CheckState, ExternalCheck } from '../contracts/edge-checks';
import type { CheckDto } from '../contracts/promotion';

/** What was reported last of a check on a plan. */
export interface CheckReport {
  name: string;
  state: CheckState;
  summary: string;
  link: string | null;
}

/**
 * What the external checks that an edge expects say, by what was reported on the plan. What is not reported yet is
 * pending. None stops a request: a run waits for those that are required.
 */
export function checkExternal(
  expected: readonly ExternalCheck[],
  reports: readonly CheckReport[],
): CheckDto[] {
  return expected.map(({ name, level }) => {
    const report = reports.find((each) => each.name === name);
    const said = report && report.summary !== '' ? `: ${report.summary}` : '';
    const isRequired = level === 'required';
    return {
      code: `external:${name}`,
      title: name,
      result: resultOf(report?.state ?? 'pending', isRequired),
      detail: `${stateText(report?.state)}${said}${report?.state === 'passed' ? '' : consequence(isRequired)}`,
      ref: null,
      link: report?.link ?? null,
    };
  });
}

/** Required checks that have not passed, each as a clause that says what is waited for. */
export function findOpenChecks(
  expected: readonly ExternalCheck[],
  reports: readonly Pick<CheckReport, 'name' | 'state'>[],
): string[] {
  return expected.flatMap(({ name, level }) => {
    const state = reports.find((each) => each.name === name)?.state;
    if (level !== 'required' || state === 'passed') return [];
    if (state === 'failed') return [`the check ${name} has failed, and has to be reported as passed`];
    return [`the check ${name} is ${state === undefined ? 'not reported yet' : 'pending'}`];
  });
}

function resultOf(state: CheckState, isRequired: boolean): CheckDto['result'] {
  if (state === 'passed') return 'pass';
  if (!isRequired) return 'warn';
  return state === 'failed' ? 'fail' : 'wait';
}

function stateText(state: CheckState | undefined): string {
  return state ?? 'not reported yet';
}

function consequence(isRequired: boolean): string {
  return isRequired ? '; the run waits until it has passed' : '; it is advisory, and nothing waits for it';
}
