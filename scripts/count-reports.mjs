// What the reports of the test runners come to. Nothing may be left out silently: a skipped test counts as
// failed, and so does a file that could not be loaded and a runner that ended badly although no test says so.
import { stripVTControlCharacters } from 'node:util';

/** @param report what vitest's JSON reporter wrote, or null; @param isOk whether vitest ended with 0 */
export function countVitest(report, isOk) {
  if (report === null) return { passed: 0, failed: 1 };
  const results = report.testResults.flatMap((file) => file.assertionResults);
  const passed = results.filter(({ status }) => status === 'passed').length;
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return total(passed, results.length - passed + unloaded, isOk);
}

/** @param report what Playwright's JSON reporter wrote, or null; @param isOk whether it ended with 0 */
export function countPlaywright(report, isOk) {
  if (report === null) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return total(expected, unexpected + flaky + skipped + report.errors.length, isOk);
}

function total(passed, failed, isOk) {
  return { passed, failed: failed === 0 && (!isOk || passed === 0) ? 1 : failed };
}

/** Lines of an error that are worth repeating: what differs stands in the first few. */
const ERROR_LINES = 8;

/**
 * What failed, by name and with the beginning of its error: the end of a long log is what people look at first.
 * @param report what vitest's JSON reporter wrote, or null; @param root the folder that names of files are shown from
 * @returns {string[]} one text of a few lines for each
 */
export function nameFailedVitest(report, root) {
  return (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const file = name.replace(`${root}/`, '');
    if (status === 'failed' && assertionResults.length === 0) return [textOf(file, [message])];
    return assertionResults
      .filter((result) => result.status !== 'passed')
      .map((result) => textOf(`${file} > ${result.fullName} (${result.status})`, result.failureMessages));
  });
}

/** The same of what Playwright's JSON reporter wrote, or null. */
export function nameFailedPlaywright(report) {
  if (report === null) return [];
  const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
  const failed = report.suites.flatMap(specsOf).flatMap(({ file, line, title, tests }) =>
    tests
      .filter(({ status }) => status !== 'expected')
      .map(({ status, results }) => {
        const errors = results.flatMap((result) => result.errors.map(({ message }) => message));
        return textOf(`${file}:${line} > ${title} (${status})`, errors);
      }),
  );
  return [...failed, ...report.errors.map(({ message }) => textOf('outside of the tests', [message]))];
}

function textOf(name, errors = []) {
  const lines = stripVTControlCharacters(errors[0] ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return [name, ...lines.slice(0, ERROR_LINES).map((line) => `    ${line.slice(0, 300)}`)].join('\n');
}
