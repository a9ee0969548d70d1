import { describe, expect, it } from 'vitest';

interface Count {
  passed: number;
  failed: number;
}
// Plain JavaScript, since it runs before anything is built.
const counters = await import(new URL('./count-reports.mjs', import.meta.url).href);
const { countVitest, countPlaywright }: Record<string, (report: unknown, isOk: boolean) => Count> = counters;
const {
  nameFailedVitest,
  nameFailedPlaywright,
}: Record<string, (report: unknown, root?: string) => string[]> = counters;

function file(...statuses: string[]) {
  return { status: 'passed', assertionResults: statuses.map((status) => ({ status })) };
}

describe('countVitest', () => {
  it('counts what passed and what failed', () => {
    const report = { testResults: [file('passed', 'passed'), file('failed')] };
    expect(countVitest?.(report, false)).toEqual({ passed: 2, failed: 1 });
    expect(countVitest?.({ testResults: [file('passed')] }, true)).toEqual({ passed: 1, failed: 0 });
  });

  it.each(['skipped', 'pending', 'todo', 'disabled'])('counts a test that is %s as failed', (status) => {
    expect(countVitest?.({ testResults: [file('passed', status)] }, true)).toEqual({ passed: 1, failed: 1 });
  });

  it('counts a file that could not be loaded', () => {
    const report = { testResults: [file('passed'), { status: 'failed', assertionResults: [] }] };
    expect(countVitest?.(report, false)).toEqual({ passed: 1, failed: 1 });
  });

  it('fails without a report, without tests, and where the runner ended badly', () => {
    expect(countVitest?.(null, true)).toEqual({ passed: 0, failed: 1 });
    expect(countVitest?.({ testResults: [] }, true)).toEqual({ passed: 0, failed: 1 });
    expect(countVitest?.({ testResults: [file('passed')] }, false)).toEqual({ passed: 1, failed: 1 });
  });
});

describe('countPlaywright', () => {
  const clean = { expected: 5, unexpected: 0, flaky: 0, skipped: 0 };

  it('counts what passed', () => {
    expect(countPlaywright?.({ stats: clean, errors: [] }, true)).toEqual({ passed: 5, failed: 0 });
  });

  it.each(['unexpected', 'flaky', 'skipped'])('counts %s tests as failed', (kind) => {
    expect(countPlaywright?.({ stats: { ...clean, [kind]: 2 }, errors: [] }, true)).toEqual({
      passed: 5,
      failed: 2,
    });
  });

  it('fails without a report, without tests, on an error outside tests, and on a bad end', () => {
    expect(countPlaywright?.(null, true)).toEqual({ passed: 0, failed: 1 });
    expect(countPlaywright?.({ stats: { ...clean, expected: 0 }, errors: [] }, true)).toEqual({
      passed: 0,
      failed: 1,
    });
    expect(countPlaywright?.({ stats: clean, errors: [{}] }, false)).toEqual({ passed: 5, failed: 1 });
    expect(countPlaywright?.({ stats: clean, errors: [] }, false)).toEqual({ passed: 5, failed: 1 });
  });
});

describe('what failed is named', () => {
  const red = '\u001b[31mexpected 1 to be 2\u001b[39m\n\n  at here';

  it('of vitest, with the beginning of the error and without colours', () => {
    const report = {
      testResults: [
        {
          name: '/tree/lib/a.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'adds' },
            { status: 'failed', fullName: 'adds twice', failureMessages: [red] },
            { status: 'pending', fullName: 'later' },
          ],
        },
        { name: '/tree/lib/b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
      ],
    };
    expect(nameFailedVitest?.(report, '/tree')).toEqual([
      'lib/a.test.ts > adds twice (failed)\n    expected 1 to be 2\n      at here',
      'lib/a.test.ts > later (pending)',
      'lib/b.test.ts\n    no such module',
    ]);
    expect(nameFailedVitest?.(null, '/tree')).toEqual([]);
  });

  it('of Playwright, in suites within suites', () => {
    const spec = (title: string, status: string, errors: { message: string }[]) => ({
      file: 'a.spec.ts',
      line: 7,
      title,
      tests: [{ status, results: [{ errors }] }],
    });
    const report = {
      suites: [
        {
          specs: [spec('opens', 'expected', [])],
          suites: [{ specs: [spec('closes', 'unexpected', [{ message: red }])] }],
        },
      ],
      errors: [{ message: 'the server did not start' }],
    };
    expect(nameFailedPlaywright?.(report)).toEqual([
      'a.spec.ts:7 > closes (unexpected)\n    expected 1 to be 2\n      at here',
      'outside of the tests\n    the server did not start',
    ]);
    expect(nameFailedPlaywright?.(null)).toEqual([]);
  });
});
