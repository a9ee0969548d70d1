import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkStateSchema, type ExternalCheck } from '../contracts/edge-checks';
import { type CheckReport, checkExternal, findOpenChecks } from './check-external';

const report = (state: CheckReport['state'], part: Partial<CheckReport> = {}): CheckReport => ({
  name: 'lab',
  state,
  summary: '',
  link: null,
  ...part,
});
const required: ExternalCheck[] = [{ name: 'lab', level: 'required' }];
const advisory: ExternalCheck[] = [{ name: 'lab', level: 'advisory' }];

test.each([
  ['required, not reported', required, [], 'wait', 'not reported yet; the run waits until it has passed'],
  ['required, pending', required, [report('pending')], 'wait', 'pending; the run waits until it has passed'],
  ['required, failed', required, [report('failed')], 'fail', 'failed; the run waits until it has passed'],
  ['required, passed', required, [report('passed', { summary: '12 of 12' })], 'pass', 'passed: 12 of 12'],
  [
    'advisory, failed',
    advisory,
    [report('failed')],
    'warn',
    'failed; it is advisory, and nothing waits for it',
  ],
  ['advisory, passed', advisory, [report('passed')], 'pass', 'passed'],
  ['required, another passed', required, [report('passed', { name: 'other' })], 'wait', /^not reported/],
] as const)('%s', (_, expected, reports, result, detail) => {
  const [check] = checkExternal(expected, reports);
  expect(check).toMatchObject({ code: 'external:lab', title: 'lab', result });
  if (typeof detail === 'string') expect(check?.detail).toBe(detail);
  else expect(check?.detail).toMatch(detail);
});

test('a run waits for exactly those required checks that do not pass', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const expectedChecks = fc.uniqueArray(
    fc.record({ name, level: fc.constantFrom('advisory' as const, 'required' as const) }),
    { selector: (check) => check.name },
  );
  const reports = fc.uniqueArray(
    fc.record({
      name,
      state: fc.constantFrom(...checkStateSchema.options),
      summary: fc.string(),
      link: fc.constant(null),
    }),
    { selector: (each) => each.name },
  );
  fc.assert(
    fc.property(expectedChecks, reports, (expected, reported) => {
      const checks = checkExternal(expected, reported);
      const open = expected.filter(
        (check, at) => check.level === 'required' && checks[at]?.result !== 'pass',
      );
      expect(findOpenChecks(expected, reported)).toHaveLength(open.length);
      expect(checks.map(({ title }) => title)).toEqual(expected.map((check) => check.name));
    }),
    { seed: 20261126, numRuns: 500 },
  );
});
