import { expect, test } from 'vitest';
import { checkSourceFsck, findOpenFscks } from './check-source-fsck';

const checkedAt = new Date('2026-11-23T12:34:56Z');
const whole = { targetRef: 'os/a', fsck: { checkedAt, objects: 12_345, damage: null } };
const damaged = { targetRef: 'os/b', fsck: { checkedAt, objects: 0, damage: 'abc.file is corrupt' } };
const open = { targetRef: 'os/c', fsck: null };
const refs = [whole, damaged, open];

test.each([
  ['off', []],
  ['advisory', ['pass', 'warn', 'warn']],
  ['required', ['pass', 'fail', 'wait']],
] as const)('an edge by which it is %s', (level, results) => {
  const checks = checkSourceFsck(refs, { level, from: 'dev' });
  expect(checks.map(({ result }) => result)).toEqual(results);
  const waits = findOpenFscks(refs, { level, from: 'dev' });
  expect(waits).toHaveLength(level === 'required' ? 2 : 0);
});

test('says what was hashed, when, and what is damaged', () => {
  const [first, second] = checkSourceFsck(refs, { level: 'required', from: 'dev' });
  expect(first?.detail).toBe('12,345 objects hashed at 2026-11-23 12:34 UTC');
  expect(second?.detail).toContain('abc.file is corrupt');
});
