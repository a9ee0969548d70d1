import { describe, expect, it } from 'vitest';
import { parseGlobs, parseRenames, printRenames } from './edge-text';

describe('parseGlobs', () => {
  it('reads lines and commas', () => {
    expect(parseGlobs(' os/*/stable,\n os/**\n\n')).toEqual(['os/*/stable', 'os/**']);
  });
});

describe('parseRenames', () => {
  const renames = [
    { from: 'os/amd64/next', to: 'os/amd64/stable' },
    { from: 'a', to: 'b' },
  ];
  it('reads what printRenames prints', () => {
    expect(parseRenames(printRenames(renames))).toEqual(renames);
  });
  it('reads arrows too', () => {
    expect(parseRenames('a -> b\na → b')).toEqual([
      { from: 'a', to: 'b' },
      { from: 'a', to: 'b' },
    ]);
  });
  it.each(['a', 'a =', '= b', 'a = b = c'])('names the line %j that is none', (line) => {
    expect(parseRenames(`x = y\n${line}`)).toContain(line.trim());
  });
});
