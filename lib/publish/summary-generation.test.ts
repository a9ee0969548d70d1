import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serializeSignatureSet } from '../ostree/format/signatures';
import { generateEd25519KeyPair } from '../ostree/sign/ed25519';
import { SummaryGenerations } from './summary-generation';

const publicKey = Buffer.from(generateEd25519KeyPair().publicKey).toString('base64');
const foreign = serializeSignatureSet({ ed25519: [], gpg: [Buffer.from('packet')], other: new Map() });
const oneTime = 1000;

let repo: string;
let now: number;

beforeEach(() => {
  repo = mkdtempSync(join(tmpdir(), 'treeline-generation-'));
  now = Date.now();
  replace('summary', 'summary 0', oneTime);
  replace('summary.sig', foreign, oneTime);
});
afterEach(() => rmSync(repo, { recursive: true, force: true }));

function replace(name: string, bytes: string | Uint8Array, mtimeSeconds: number): void {
  const temporary = join(repo, 'temporary');
  writeFileSync(temporary, bytes);
  utimesSync(temporary, mtimeSeconds, mtimeSeconds);
  renameSync(temporary, join(repo, name));
}

function served(generations: SummaryGenerations): string {
  const current = generations.current();
  return current === null || current === 'doubtful' ? String(current) : current.summary.bytes.toString();
}

test.each([
  ['two seconds where nobody can check signatures', [], 2000],
  ['half a minute where signatures by a known key are missing', [publicKey], 30_000],
])(
  'a pair is believed at one file time, else when it was left alone for %s',
  (_name, keys, quietMilliseconds) => {
    const generations = new SummaryGenerations(repo, keys, () => now);
    expect(served(generations)).toBe('summary 0');
    replace('summary', 'summary 1', oneTime + 1);
    now = Date.now();
    expect(served(generations)).toBe('summary 0');
    now += quietMilliseconds - 1000;
    expect(served(generations)).toBe('summary 0');
    now += 1001;
    expect(served(generations)).toBe('summary 1');
  },
);
