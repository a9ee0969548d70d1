import { describe, expect, it } from 'vitest';
import type { PaletteEntry } from './palette-entries';
import { rankEntries } from './rank-entries';

const entry = (label: string, note = '', group: PaletteEntry['group'] = 'Refs'): PaletteEntry => ({
  href: `/${label}/${note}`,
  group,
  label,
  note,
});

const entries = [
  entry('Board', 'g b', 'Pages'),
  entry('staging', '4 refs', 'Stages'),
  entry('os/amd64/stable', 'dev 7.4.2'),
  entry('os/amd64/stable', 'staging 7.4.1'),
  entry('os/arm64/next', 'dev 8.0.0'),
];

describe('rankEntries', () => {
  it('offers pages and stages, not every ref, before anything is typed', () => {
    expect(rankEntries(entries, ' ').map(({ label }) => label)).toEqual(['Board', 'staging']);
  });

  it('wants every word, in the label or in the note', () => {
    expect(rankEntries(entries, 'amd64 dev').map(({ note }) => note)).toEqual(['dev 7.4.2']);
    expect(rankEntries(entries, 'amd64 production')).toEqual([]);
  });

  it('puts what begins with the word before what contains it', () => {
    expect(rankEntries(entries, 'sta').map(({ label }) => label)).toEqual([
      'staging',
      'os/amd64/stable',
      'os/amd64/stable',
    ]);
  });

  it('opens a checksum and a promotion number as themselves', () => {
    const checksum = 'a'.repeat(64);
    expect(rankEntries(entries, checksum.toUpperCase())[0]?.href).toBe(`/commits/${checksum}`);
    expect(rankEntries(entries, '#42')[0]?.href).toBe('/promotions/42');
    expect(rankEntries(entries, '042')).toEqual([]);
  });

  it('shows a bounded number of rows', () => {
    const many = Array.from({ length: 5000 }, (_, index) => entry(`os/ref-${index}`));
    expect(rankEntries(many, 'os')).toHaveLength(40);
  });
});
