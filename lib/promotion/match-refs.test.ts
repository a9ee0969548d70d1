import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findRenameProblem } from './check-renames';
import { isRefTaken, matchGlob, targetRefOf } from './match-refs';

test.each([
  ['os/**', 'os/amd64/main', true],
  ['os/**', 'os', false],
  ['os/*', 'os/amd64', true],
  ['os/*', 'os/amd64/main', false],
  ['os/*/main', 'os/amd64/main', true],
  ['os/*/main', 'os//main', true],
  ['**', 'anything/at/all', true],
  ['*', 'one', true],
  ['*', 'one/two', false],
  ['os/amd64/main', 'os/amd64/main', true],
  ['os/amd64/main', 'os/amd64/main2', false],
  ['os.amd64', 'os/amd64', false],
  ['os.amd64', 'osxamd64', false],
  ['**/main', 'os/amd64/main', true],
  ['*-stable', 'os-stable', true],
  ['', '', true],
  ['', 'x', false],
])('%s takes %s: %s', (glob, ref, isTaken) => {
  expect(matchGlob(glob, ref)).toBe(isTaken);
});

/** The same by a regular expression, as a second opinion. */
function byRegExp(glob: string, ref: string): boolean {
  const source = glob
    .split(/(\*+)/)
    .map((part) =>
      part === '*' ? '[^/]*' : part.startsWith('*') ? '.*' : part.replace(/[.+?^$(){}|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 's').test(ref);
}

test('agrees with a regular expression', () => {
  const part = fc.constantFrom('a', 'b', '/', '.', '-');
  const glob = fc
    .array(fc.oneof(part, fc.constantFrom('*', '**')), { maxLength: 8 })
    .map((parts) => parts.join(''));
  const ref = fc.array(part, { maxLength: 10 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(glob, ref, (g, r) => {
      expect(matchGlob(g, r)).toBe(byRegExp(g, r));
    }),
    { numRuns: 2000 },
  );
});

test('many stars cost no more than the length of the ref each', () => {
  const started = performance.now();
  expect(matchGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(1000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(2000);
});

test('ostree-metadata is never taken', () => {
  expect(isRefTaken({ refGlobs: ['**', 'ostree-metadata'], renames: [] }, 'ostree-metadata')).toBe(false);
});

test('renames are by whole names, and ambiguous ones are found', () => {
  const rules = { refGlobs: ['**'], renames: [{ from: 'os/dev', to: 'os/stable' }] };
  expect(targetRefOf(rules, 'os/dev')).toBe('os/stable');
  expect(targetRefOf(rules, 'os/dev2')).toBe('os/dev2');
  expect(findRenameProblem(rules.renames)).toBeNull();
  expect(findRenameProblem([...rules.renames, { from: 'os/dev', to: 'x' }])).toContain('twice');
  expect(findRenameProblem([...rules.renames, { from: 'y', to: 'os/stable' }])).toContain('two refs');
});
