import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../errors';
import * as output from './output';
import { reportError } from './report-error';

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(output, 'printNotice').mockImplementation((line) => void lines.push(line));
});
afterEach(() => vi.restoreAllMocks());

const program = new Command('treeline');
program.command('repo').command('log');
const report = (error: unknown, ...args: string[]) => reportError(error, program, args);

test('what failed ends with 1, wrong usage with 2 and the help that is meant', () => {
  expect(report(new AppError('ostree/ref-not-found', 'no ref x'))).toBe(1);
  expect(report(new AppError('usage', 'no key given'), 'repo', 'log', '--x')).toBe(2);
  expect(report(new AppError('input-invalid', 'name: too long'))).toBe(2);
  expect(
    report(
      new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'\n(Did you mean --y?)"),
      'repo',
    ),
  ).toBe(2);
  expect(lines).toEqual([
    'treeline: no ref x',
    'treeline: no key given; see treeline repo log --help',
    'treeline: name: too long; see treeline --help',
    "treeline: unknown option '--x' (Did you mean --y?); see treeline repo --help",
  ]);
});

test('help that was asked for is no error', () => {
  expect(report(new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'))).toBe(0);
  expect(lines).toEqual([]);
});

test('a reader that has gone is nobody to tell; an interruption is one word', () => {
  expect(report(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBe(1);
  expect(lines).toEqual([]);
  expect(report(new DOMException('This operation was aborted', 'AbortError'))).toBe(1);
  expect(lines).toEqual(['treeline: interrupted']);
});

test('a bug is one line, without its stack unless asked for', () => {
  expect(report(new TypeError('x is not a function\nat y'))).toBe(1);
  expect(lines).toEqual([
    'treeline: unexpected failure: x is not a function; TREELINE_LOG_LEVEL=debug shows where',
  ]);
  lines.length = 0;
  vi.stubEnv('TREELINE_LOG_LEVEL', 'debug');
  report(new TypeError('x'));
  vi.unstubAllEnvs();
  expect(lines.length).toBeGreaterThan(2);
});
