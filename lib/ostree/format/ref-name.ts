import { AppError } from '../../errors';
import { UTF8_BYTES_MAX } from '../../gvariant';
import { limits } from './limits';

declare const refNameBrand: unique symbol;
/** A ref name that Treeline writes: R-26. */
export type RefName = string & { readonly [refNameBrand]: true };

/** The ref that `ostree summary -u` keeps in repositories with a collection ID; carried, never written. */
export const METADATA_REF = 'ostree-metadata';

// No `m` flag anywhere: `$` must not match before a final newline, as GRegex's does.
const STRICT = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/;
/** libostree's OSTREE_REF_FRAGMENT_REGEXP, `[\w\d][-._\w\d]*` with Unicode's `\w`. */
const LISTABLE = /^[\p{L}\p{N}_][-.\p{L}\p{N}_]*(?:\/[\p{L}\p{N}_][-.\p{L}\p{N}_]*)*$/u;
const REMOTE_NAME = /^[\p{L}\p{N}_][-.\p{L}\p{N}_]*$/u;
/** Nearly all names, found to be one in a fraction of the time. */
const ASCII_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const ALL_HEX = /^[0-9a-f]{1,64}$/;
const TEMPORARY = /^tmp\.[A-Za-z0-9]{6}$/;

/** Why `text` may not be promoted or written as a ref, or null if it may. */
export function refNameProblem(text: string): string | null {
  if (text === '') return 'is empty';
  if (!isShort(text)) return 'is longer than 1024 bytes';
  if (!STRICT.test(text)) return 'has characters or an order of them that a ref may not have';
  if (text.includes('..')) return 'holds ..';
  if (ALL_HEX.test(text)) return 'reads as the beginning of a checksum';
  // Most names have no part that may be either, and are not taken apart.
  if (text.length <= limits.refFragmentBytesMax && !text.includes('tmp.')) return null;
  for (const fragment of text.split('/')) {
    if (fragment.length > limits.refFragmentBytesMax) return 'has a part longer than 255 bytes';
    if (TEMPORARY.test(fragment)) return 'has the name of a temporary file';
  }
  return null;
}

/** @throws AppError `ostree/ref-invalid` where the name breaks R-26 */
export function parseRefName(text: string): RefName {
  const problem = refNameProblem(text);
  if (problem === null) return text as RefName;
  throw new AppError('ostree/ref-invalid', `the ref name ${quoteName(text)} is invalid: it ${problem}`);
}

/** Whether a promotion may move the, and not `ostree-metadata`, which libostree keeps by itself. */
export function isPromotableRef(text: string): text is RefName {
  return text !== METADATA_REF && refNameProblem(text) === null;
}

/** Whether libostree lists a ref of that name: its own grammar, Unicode letters included. */
export function isListableRef(text: string): boolean {
  return (STRICT.test(text) || LISTABLE.test(text)) && isShort(text);
}

/** Whether it has no more bytes than a name may have; of most that is known without encoding them. */
export function isShort(text: string): boolean {
  return (
    text.length * UTF8_BYTES_MAX <= limits.refNameBytesMax ||
    Buffer.byteLength(text) <= limits.refNameBytesMax
  );
}

/** Whether `text` may be one directory or file below `refs/`. */
export function isRefFragment(text: string): boolean {
  return ASCII_NAME.test(text) || REMOTE_NAME.test(text);
}

/** Splits `remote:ref`; the remote is null where there is no colon. */
export function parseRefspec(text: string): { remote: string | null; ref: string } {
  const colon = text.indexOf(':');
  if (colon < 0) return { remote: null, ref: text };
  return { remote: text.slice(0, colon), ref: text.slice(colon + 1) };
}

/** A name in quotes for a one-line message: control characters escaped, cut at 80 characters. */
export function quoteName(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
