import { Fragment } from 'react';
import { UnsafeText } from '@/components/ui/unsafe-text';

/** What a person typed, line breaks kept, nothing hidden. */
export function MultilineText({ text }: { text: string }) {
  const lines = text.split(/\r?\n/);
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one text never move.
    <Fragment key={index}>
      {index === 0 ? null : <br />}
      <UnsafeText text={line} />
    </Fragment>
  ));
}
