import { expect, test } from 'vitest';
import { distanceToHead } from './commit-identity';

/** `2` is a commit with the tree 2; `b:1` one called b with the tree 1. Newest first. */
const history = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((each) => {
      const [checksum, contentChecksum = checksum] = each.split(':') as [string, string?];
      return { checksum, contentChecksum };
    });

test.each([
  ['3 2 1', '1', 2, 'the head is an ancestor'],
  ['3 2 1', '3 2 1', 0, 'it is the very commit'],
  ['3 2 1', 'x:1 2 1', 2, 'it was rolled forward to 1'],
  ['3 2 1', 'y:2 x:1 2 1', 1, 'and forward to 2 again'],
  ['4 3 2 1', 'x:3 1', 1, 'it was reset to 1, and rolled forward to 3'],
  ['2 1', 'x:2 1', 0, 'it was rolled forward to what the source has'],
  ['3 2 1', 'x:9 2 1', null, 'it has a tree that the source has not'],
  ['3 2 1', 'y:1 x:9 2 1', null, 'it was rolled forward from one'],
  ['3 2 1', 'x:1', null, 'it follows from nothing that the source has'],
  ['3 2 1', '', null, 'there is no head'],
])('%s after %s: %s, since %s', (source, target, distance, _why) => {
  expect(distanceToHead('identity', history(source), () => history(target))).toBe(distance);
});

test('where commits are made anew their trees tell', () => {
  const distance = (source: string, target: string) =>
    distanceToHead('recommit', history(source), () => history(target));
  expect(distance('c:3 b:2 a:1', 'y:2 x:1')).toBe(1);
  expect(distance('c:3 b:2 a:1', 'y:9 x:1')).toBe(null);
});
