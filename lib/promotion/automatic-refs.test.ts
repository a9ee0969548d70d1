import { expect, test } from 'vitest';
import { findAutomaticProblem, isAutomatic } from './automatic-refs';

const rules = { refGlobs: ['os/**', 'app/*/stable'], renames: [], automaticRefs: ['os/*/stable', 'app/**'] };

test.each([
  ['os/x86_64/stable', true],
  ['os/x86_64/devel', false],
  ['app/a/stable', true],
  ['app/a/devel', false],
  ['ostree-metadata', false],
])('%s is promoted by itself: %s', (ref, expected) => {
  expect(isAutomatic(rules, ref)).toBe(expected);
});

test('names the glob that is none of what the edge takes', () => {
  const problem = (...automaticRefs: string[]) => findAutomaticProblem({ ...rules, automaticRefs });
  expect(problem('os/**', 'os/*/stable', 'os/x86_64/stable', 'app/*/stable')).toBeNull();
  expect(problem('os/**', 'other/**')).toBe('other/**');
  expect(problem('app/a/devel')).toBe('app/a/devel');
  expect(problem('**')).toBe('**');
});
