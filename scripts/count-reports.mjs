// What the reports of the test runners come to. Nothing may be left out silently: a skipped test counts as
// failed, and so does a file that could not be loaded and a runner that ended badly although no test says so.

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
