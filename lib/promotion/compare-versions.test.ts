import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions } from './compare-versions';

// The first pairs are of rpm's own tests (tests/rpmvercmp.at), the others of OSTree versions as distributions give them.
test.each([
  ['1.0', '1.0', 0],
  ['1.0', '2.0', -1],
  ['2.0.1a', '2.0.1', 1],
  ['5.5p1', '5.5p2', -1],
  ['5.5p10', '5.5p1', 1],
  ['10xyz', '10.1xyz', -1],
  ['xyz10', 'xyz10.1', -1],
  ['xyz.4', '8', -1],
  ['5.5p2', '5.6p1', -1],
  ['6.0.rc1', '6.0', 1],
  ['10b2', '10a1', 1],
  ['1.0aa', '1.0a', 1],
  ['10.0001', '10.1', 0],
  ['10.0001', '10.0039', -1],
  ['4.999.9', '5.0', -1],
  ['20101121', '20101122', -1],
  ['2_0', '2.0', 0],
  ['a', 'a+', 0],
  ['1.0~rc1', '1.0', -1],
  ['1.0~rc1', '1.0~rc2', -1],
  ['1.0~rc1~git123', '1.0~rc1', -1],
  ['1.0^', '1.0', 1],
  ['1.0^git1', '1.01', -1],
  ['1.0^20160101', '1.0.1', -1],
  ['1.0~rc1^git1', '1.0~rc1', 1],
  ['40.20240501.dev.0', '40.20240412.dev.2', 1],
  ['7.10.0', '7.9.3', 1],
  ['20241231235959123456', '20241231235959123457', -1],
])('%s beside %s: %i', (a, b, wanted) => {
  expect(Math.sign(compareVersions(a, b))).toBe(wanted);
  expect(Math.sign(compareVersions(b, a))).toBe(wanted === 0 ? 0 : -wanted);
});

test('any versions are in an order, whatever they are made of', () => {
  const part = fc.constantFrom('0', '1', '01', '2', '10', 'a', 'b', 'rc', '~', '^', '.', '-', '_', 'é');
  const version = fc.array(part, { maxLength: 7 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(compareVersions(a, a)).toBe(0);
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) || 0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }
    }),
    { seed: 20261126, numRuns: 3000 },
  );
});
