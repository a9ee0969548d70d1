import { Fragment } from 'react';
import { ScrollX } from '@/components/ui/scroll-x';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { TextDiffLineDto } from '@/lib/contracts/commit';

const TAB = '\t';
const GROUNDS: Record<TextDiffLineDto['kind'], string> = {
  context: 'text-muted',
  added: 'bg-add',
  removed: 'bg-del',
  skip: 'bg-sunken text-faint',
};
const MARKS: Record<TextDiffLineDto['kind'], string> = { context: ' ', added: '+', removed: '−', skip: '⋯' };
const SPOKEN: Record<TextDiffLineDto['kind'], string> = {
  context: '',
  added: 'added: ',
  removed: 'removed: ',
  skip: '',
};

/** A text diff, a line each, with the line numbers of both sides. */
export function TextDiff({ lines, label }: { lines: TextDiffLineDto[]; label: string }) {
  return (
    <ScrollX label={label} className="rounded-b-lg">
      <div className="grid w-max min-w-full grid-cols-[auto_auto_auto_1fr] py-1 font-mono text-sm leading-[1.6]">
        {lines.map((line, index) => {
          const ground = GROUNDS[line.kind];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one diff never move.
            <Fragment key={index}>
              <span aria-hidden="true" className={`pl-3.5 text-right select-none ${ground}`}>
                {line.fromLine}
              </span>
              <span aria-hidden="true" className={`pl-2 text-right select-none ${ground}`}>
                {line.toLine}
              </span>
              <span aria-hidden="true" className={`px-2 select-none ${ground}`}>
                {MARKS[line.kind]}
              </span>
              <span className={`pr-3.5 whitespace-pre [tab-size:4] ${ground}`}>
                <span className="sr-only">{SPOKEN[line.kind]}</span>
                <UnsafeText text={line.text} keep={TAB} />
                {'\n'}
              </span>
            </Fragment>
          );
        })}
      </div>
    </ScrollX>
  );
}
