import { expect, test } from 'vitest';
import type { SignatureDto } from '../contracts/scalars';
import { describeUnrenewable, findUnrenewable, isSourceTrusted, type RuleKey } from './check-keys';

const signing: RuleKey = { type: 'ed25519', keyId: 'ours', purpose: 'sign' };
const trusted: RuleKey = { type: 'ed25519', keyId: 'theirs', purpose: 'trust' };
const by = (
  key: string | null,
  state: SignatureDto['state'] = 'valid',
  type: SignatureDto['type'] = 'ed25519',
) => ({
  type,
  key,
  state,
});
const on = (signatures: SignatureDto[], carriedKeyIds: string[] = []) => [
  { on: 'the summary', signatures, carriedKeyIds },
];

test('what the stage can sign again is not lost', () => {
  expect(findUnrenewable([signing], on([by('ours')]))).toEqual([]);
  expect(findUnrenewable([], on([]))).toEqual([]);
});

test('a key that is only trusted can’t sign again, unless its signature comes along', () => {
  expect(findUnrenewable([trusted], on([by('theirs')]))).toEqual([
    { on: 'the summary', type: 'ed25519', keyId: 'theirs' },
  ]);
  expect(findUnrenewable([trusted], on([by('theirs')], ['theirs']))).toEqual([]);
});

test('a kind of signature that the stage has no key of is lost', () => {
  expect(findUnrenewable([signing], on([by('ours'), by('ABCD', 'unknown-key', 'gpg')]))).toEqual([
    { on: 'the summary', type: 'gpg', keyId: 'ABCD' },
  ]);
  // Nobody could say who made it, for want of any key of its kind.
  expect(findUnrenewable([], on([by(null, 'unchecked')]))).toHaveLength(1);
  expect(findUnrenewable([signing], on([by(null, 'unknown-key')]))).toHaveLength(1);
});

test('a key that has expired or was revoked signs nothing new either', () => {
  const keys: RuleKey[] = [{ type: 'gpg', keyId: 'ABCD', purpose: 'trust' }];
  for (const state of ['expired', 'revoked'] as const) {
    expect(findUnrenewable(keys, on([by('ABCD', state, 'gpg')]))).toHaveLength(1);
  }
});

test('a signature that does not verify protects nobody', () => {
  expect(findUnrenewable([], on([by(null, 'invalid')]))).toEqual([]);
});

test('each lost key is named once for each object', () => {
  const lost = findUnrenewable(
    [],
    [...on([by('x'), by('x')]), { on: 'os/main', signatures: [by('x')], carriedKeyIds: [] }],
  );
  expect(lost.map(describeUnrenewable)).toEqual([
    'the summary is signed (ed25519) with the key x, and the signer does not hold it',
    'os/main is signed (ed25519) with the key x, and the signer does not hold it',
  ]);
});

test('a source with keys takes only what one of them has signed', () => {
  expect(isSourceTrusted([], [])).toBe(true);
  expect(isSourceTrusted([trusted], [])).toBe(false);
  expect(isSourceTrusted([trusted], [by('theirs')])).toBe(true);
  expect(isSourceTrusted([trusted], [by('theirs', 'expired')])).toBe(false);
  expect(isSourceTrusted([trusted], [by('ours')])).toBe(false);
  expect(isSourceTrusted([{ ...trusted, type: 'gpg' }], [by('theirs')])).toBe(false);
});
