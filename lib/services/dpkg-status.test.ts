import { expect, test } from 'vitest';
import { diffPackages, parseDpkgStatus } from './dpkg-status';

const stanza = (name: string, version: string) =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\nDescription: x\n more\n\n`;

test('a package database is read as dpkg reads it', () => {
  const text =
    stanza('bash', '5.1') +
    'Package: removed\nStatus: deinstall ok config-files\nVersion: 1\n\n' +
    'Package: noversion\nStatus: install ok installed\n\n' +
    stanza('libc6', '2.36') +
    stanza('libc6', '2.36').replace('amd64', 'i386') +
    'garbage';
  expect([...parseDpkgStatus(text)]).toEqual([
    ['bash', '5.1'],
    ['libc6', '2.36'],
    ['libc6:i386', '2.36'],
  ]);
  expect(diffPackages(new Map([['a', '1']]), new Map([['a', '1']]))).toEqual([]);
});
