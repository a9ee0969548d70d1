import { Fragment } from 'react';
import { splitUnsafeText } from './split-unsafe-text';

export interface UnsafeTextProps {
  text: string;
  /** Characters that may stay as they are where the text is shown in lines: a tab, a newline. */
  keep?: string;
}

/**
 * A string from a repository. Characters that hide or reorder text (bidi marks, controls, zero-width
 * and line separators) are shown as their code, so that what is read is what is there.
 */
export function UnsafeText({ text, keep }: UnsafeTextProps) {
  const parts = splitUnsafeText(text, keep);
  if (parts.length === 1 && parts[0]?.kind === 'plain') return <bdi>{parts[0].text}</bdi>;
  return (
    <bdi>
      {parts.map((part, index) =>
        part.kind === 'plain' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one string never move.
          <Fragment key={index}>{part.text}</Fragment>
        ) : (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one string never move.
            key={index}
            title="A character that can't be seen"
            className="rounded-sm bg-bad-soft px-0.5 font-mono text-[0.85em] text-bad"
          >
            {part.text}
          </span>
        ),
      )}
    </bdi>
  );
}
