import { describe, expect, it } from 'vitest';

interface Count {
  passed: number;
  failed: number;
}
// Plain JavaScript, since it runs before anything is built.
const { countVitest, countPlaywright }: Record<string, (report: unknown, isOk: boolean) => Count> =
  await import(new URL('./count-reports.mjs', import.meta.url).href);

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
