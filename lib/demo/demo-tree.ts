import { createCipheriv, createHash } from 'node:crypto';
import type { DemoPackage } from './demo-packages';
import { RELEASES } from './demo-releases';
import { packagesOf } from './packages-of';

export type DemoArchitecture = 'x86_64' | 'aarch64';

export interface DemoFile {
  kind: 'file';
  mode: number;
  content: Uint8Array;
}
export interface DemoSymlink {
  kind: 'symlink';
  target: string;
}
/** Path without a leading slash → what is there; directories (0755) are implied, `dir` marks an empty one. */
export type DemoTree = Map<string, DemoFile | DemoSymlink | { kind: 'dir' }>;

const DPKG_NAMES: Readonly<Record<DemoArchitecture, string>> = { x86_64: 'amd64', aarch64: 'arm64' };
const MODULE_FOLDERS = [
  'drivers/net/ethernet',
  'drivers/net/wireless',
  'drivers/usb/serial',
  'drivers/gpu/drm',
  'drivers/iio',
  'drivers/mmc/host',
  'drivers/media/usb',
  'fs/nls',
  'net/netfilter',
  'sound/soc/codecs',
];
const MODULES_PER_FOLDER = 12;
/** Of the data files that a real package has, so that a demo is made in a few seconds. */
const DATA_FILES_SHARE = 1 / 3;

/** The whole file tree of the release at `index` for one architecture. The same at every call. */
export function makeDemoTree(index: number, architecture: DemoArchitecture): DemoTree {
  const release = RELEASES[index];
  if (!release) throw new Error(`the demo has no release ${index}`);
  const packages = packagesOf(index);
  const tree: DemoTree = new Map();
  addBase(tree, release.version, release.journalStorage, architecture);
  for (const entry of packages) addPackage(tree, entry, architecture);
  addKernel(tree, release.kernel, architecture);
  addText(tree, 'var/lib/dpkg/status', packages.map((entry) => dpkgStanza(entry, architecture)).join('\n'));
  return tree;
}

function addBase(tree: DemoTree, version: string, journalStorage: string, architecture: DemoArchitecture) {
  const osRelease = [
    `PRETTY_NAME="Aurora OS ${version}"`,
    'NAME="Aurora OS"',
    'ID=aurora',
    'ID_LIKE=debian',
    `VERSION_ID="${version}"`,
    `VERSION="${version}"`,
    'HOME_URL="https://aurora.example/"',
    `OSTREE_VERSION="${version}"`,
    `ARCHITECTURE="${architecture}"`,
  ];
  addText(tree, 'usr/lib/os-release', `${osRelease.join('\n')}\n`);
  tree.set('etc/os-release', { kind: 'symlink', target: '../usr/lib/os-release' });
  addText(tree, 'etc/hostname', 'aurora\n');
  addText(tree, 'etc/hosts', '127.0.0.1 localhost\n::1 localhost ip6-localhost\n');
  addText(tree, 'etc/issue', `Aurora OS ${version} \\n \\l\n`);
  addText(
    tree,
    'etc/passwd',
    'root:x:0:0:root:/root:/bin/bash\naurora:x:900:900:agent:/var/lib/aurora:/usr/sbin/nologin\n',
  );
  addText(tree, 'etc/group', 'root:x:0:\naurora:x:900:\n');
  addText(tree, 'etc/shadow', 'root:!:19600:0:99999:7:::\n', 0o600);
  addText(tree, 'etc/systemd/journald.conf', `[Journal]\nStorage=${journalStorage}\nSystemMaxUse=64M\n`);
  addText(
    tree,
    'etc/ostree/remotes.d/aurora.conf',
    '[remote "aurora"]\nurl=https://updates.aurora.example/production\ngpg-verify=true\n',
  );
  for (const [name, target] of [
    ['bin', 'usr/bin'],
    ['sbin', 'usr/sbin'],
    ['lib', 'usr/lib'],
    ['ostree', 'sysroot/ostree'],
    ['home', 'var/home'],
  ] as const) {
    tree.set(name, { kind: 'symlink', target });
  }
  for (const name of ['boot', 'dev', 'proc', 'run', 'sys', 'sysroot', 'tmp', 'usr/local']) {
    tree.set(name, { kind: 'dir' });
  }
}

function addPackage(tree: DemoTree, entry: DemoPackage, architecture: DemoArchitecture): void {
  const { name, version } = entry;
  const seed = `${name} ${version} ${architecture}`;
  for (let i = 0; i < entry.bins; i++) {
    const command = i === 0 ? name : `${name}-${word(`${name} command ${i}`)}`;
    const mode = command === 'sudo' ? 0o4755 : 0o755;
    tree.set(`usr/bin/${command}`, { kind: 'file', mode, content: noise(`${seed} bin ${i}`, 600, 9_000) });
  }
  for (let i = 0; i < entry.libs; i++) {
    const base = `usr/lib/${architecture}-linux-gnu/${i === 0 && name.startsWith('lib') ? name : `lib${name}-${i}`}.so`;
    const content = noise(`${seed} lib ${i}`, 1_500, 16_000);
    tree.set(`${base}.${majorOf(version)}`, { kind: 'file', mode: 0o644, content });
    tree.set(base, {
      kind: 'symlink',
      target: `${base.slice(base.lastIndexOf('/') + 1)}.${majorOf(version)}`,
    });
  }
  for (let i = 0; i < Math.ceil(entry.data * DATA_FILES_SHARE); i++) {
    // Data changes with the package for every fourth file only, and is the same on all architectures.
    const dataSeed = i % 4 === 0 ? `${name} ${version} data ${i}` : `${name} data ${i}`;
    addText(tree, `usr/share/${name}/${word(`${name} ${i}`)}-${i}.conf`, settings(dataSeed));
  }
  addText(
    tree,
    `usr/share/doc/${name}/copyright`,
    `${name}: ${entry.summary}\nLicensed under its own terms.\n`,
  );
  addText(
    tree,
    `usr/share/doc/${name}/changelog`,
    `${name} (${version}) aurora; urgency=medium\n\n  * Build for Aurora OS.\n`,
  );
  if (entry.bins > 0) addText(tree, `etc/default/${name}`, settings(`${name} etc`));
}

function addKernel(tree: DemoTree, kernel: string, architecture: DemoArchitecture): void {
  const folder = `usr/lib/modules/${kernel}-aurora`;
  const seed = `kernel ${kernel} ${architecture}`;
  tree.set(`${folder}/vmlinuz`, {
    kind: 'file',
    mode: 0o644,
    content: noise(`${seed} vmlinuz`, 400_000, 420_000),
  });
  tree.set(`${folder}/initramfs.img`, {
    kind: 'file',
    mode: 0o600,
    content: noise(`${seed} initramfs`, 250_000, 260_000),
  });
  const modules: string[] = [];
  for (const group of MODULE_FOLDERS) {
    for (let i = 0; i < MODULES_PER_FOLDER; i++) {
      const path = `kernel/${group}/${word(`${group} ${i}`)}${i}.ko`;
      modules.push(path);
      tree.set(`${folder}/${path}`, {
        kind: 'file',
        mode: 0o644,
        content: noise(`${seed} ${path}`, 700, 5_000),
      });
    }
  }
  addText(tree, `${folder}/modules.dep`, `${modules.map((path) => `${path}:`).join('\n')}\n`);
}

function dpkgStanza(entry: DemoPackage, architecture: DemoArchitecture): string {
  return [
    `Package: ${entry.name}`,
    'Status: install ok installed',
    'Priority: optional',
    `Section: ${entry.section}`,
    `Installed-Size: ${40 + (entry.bins + entry.libs) * 12 + entry.data}`,
    'Maintainer: Aurora OS release team <release@aurora.example>',
    `Architecture: ${entry.bins + entry.libs === 0 ? 'all' : DPKG_NAMES[architecture]}`,
    `Version: ${entry.version}`,
    `Description: ${entry.summary}`,
    '',
  ].join('\n');
}

function addText(tree: DemoTree, path: string, text: string, mode = 0o644): void {
  tree.set(path, { kind: 'file', mode, content: Buffer.from(text) });
}

const SYLLABLES = [
  'ka',
  'lo',
  'mi',
  'ser',
  'tan',
  'vor',
  'ne',
  'pri',
  'dal',
  'fu',
  'gri',
  'hex',
  'jo',
  'bru',
  'cel',
  'wis',
];

const wordsMade = new Map<string, string>();
const settingsMade = new Map<string, string>();

/** What `make` gives for `seed`, made once: most of a release is as it was in the one before. */
function once(made: Map<string, string>, seed: string, make: (seed: string) => string): string {
  const known = made.get(seed);
  if (known !== undefined) return known;
  const fresh = make(seed);
  made.set(seed, fresh);
  return fresh;
}

/** A pronounceable word for `seed`. */
function word(seed: string): string {
  return once(wordsMade, seed, makeWord);
}

function makeWord(seed: string): string {
  const bytes = createHash('sha256').update(seed).digest();
  return [0, 1, 2].map((i) => SYLLABLES[(bytes[i] ?? 0) % SYLLABLES.length]).join('');
}

/** A few `key = value` lines for `seed`. */
function settings(seed: string): string {
  return once(settingsMade, seed, makeSettings);
}

function makeSettings(seed: string): string {
  const lines = Array.from({ length: 6 }, (_, i) => {
    const value = createHash('sha256').update(`${seed} ${i}`).digest().readUInt16BE();
    return `${word(`${seed} key ${i}`)} = ${value}`;
  });
  return `# Defaults. Change them in a file of your own.\n${lines.join('\n')}\n`;
}

const noiseMade = new Map<string, Uint8Array>();

/** Bytes that look like a program: an ELF magic, then half noise, half zeros. `seed` fixes them. */
function noise(seed: string, min: number, max: number): Uint8Array {
  const made = noiseMade.get(seed);
  if (made) return made;
  const digest = createHash('sha256').update(seed).digest();
  const size = min + (digest.readUInt32BE() % (max - min));
  const bytes = Buffer.alloc(size);
  const cipher = createCipheriv('aes-128-ctr', digest.subarray(0, 16), digest.subarray(16));
  cipher.update(Buffer.alloc(size >> 1)).copy(bytes, 16);
  bytes.write('\x7fELF', 'latin1');
  noiseMade.set(seed, bytes);
  return bytes;
}

function majorOf(version: string): string {
  return /^\d+/.exec(version)?.[0] ?? '0';
}
