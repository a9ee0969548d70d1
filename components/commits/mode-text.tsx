import { Chip } from '@/components/ui/chip';
import { describeMode } from './describe-mode';

/** A mode as `ls -l` writes it, octal on hover; what gives rights away is named. */
export function ModeText({ mode }: { mode: string }) {
  const words = describeMode(mode);
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span title={mode} className="font-mono text-sm text-muted">
        {words.symbolic}
      </span>
      {words.flags.map((flag) => (
        <Chip key={flag} tone="wait" hasDot>
          {flag}
        </Chip>
      ))}
    </span>
  );
}
