import { CopyButton } from './copy-button';
import { ScrollX } from './scroll-x';

export interface CodeLineProps {
  text: string;
  /** What is copied; "command" unless told otherwise. */
  label?: string;
}

/** One command to copy. It scrolls rather than wraps, so that what is seen is what is run. */
export function CodeLine({ text, label = 'command' }: CodeLineProps) {
  return (
    <div className="flex items-start gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-2.5">
      <ScrollX label={label} className="flex-1 py-0.5">
        <code className="text-sm whitespace-pre">{text}</code>
      </ScrollX>
      <CopyButton text={text} label={label} />
    </div>
  );
}
