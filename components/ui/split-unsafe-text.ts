export interface TextPart {
  kind: 'plain' | 'escaped';
  text: string;
}

/**
 * Characters that are not seen or change how others are seen: controls (C0, C1, DEL), format characters
 * (bidi, zero-width, tags), line and paragraph separators, lone surrogates, private use, and the blanks
 * that have no width or look like nothing (Hangul fillers, Braille blank). Tab and newline are kept where
 * the caller shows text in lines.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115F\u1160\u2800\u3164\uFFA0]|\u034F|[\u17B4\u17B5]|[\u180B-\u180F]|[\uFE00-\uFE0E]/u;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a) return '\\n';
  if (code === 0x0d) return '\\r';
  if (code === 0x09) return '\\t';
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * Splits `text` into what may be shown as it is and what must be shown as a code such as `U+202E`.
 * @param text any string, lone surrogates included
 * @param keep characters to leave alone, such as a tab in a file's line
 */
export function splitUnsafeText(text: string, keep = ''): TextPart[] {
  const parts: TextPart[] = [];
  let plain = '';
  for (const character of text) {
    if (!UNSEEN.test(character) || keep.includes(character)) {
      plain += character;
      continue;
    }
    if (plain !== '') parts.push({ kind: 'plain', text: plain });
    plain = '';
    parts.push({ kind: 'escaped', text: escapeCharacter(character) });
  }
  if (plain !== '' || parts.length === 0) parts.push({ kind: 'plain', text: plain });
  return parts;
}
