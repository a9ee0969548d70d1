import { ExternalLink } from 'lucide-react';
import { Chip, type ChipTone } from '@/components/ui/chip';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { CheckDto } from '@/lib/contracts/promotion';
import { type CheckGroup, groupChecks } from './group-checks';

const RESULTS: Record<CheckDto['result'], { tone: ChipTone; text: string }> = {
  fail: { tone: 'bad', text: 'fail' },
  wait: { tone: 'run', text: 'waiting' },
  warn: { tone: 'wait', text: 'warning' },
  pass: { tone: 'ok', text: 'pass' },
};

export interface ChecksListProps {
  checks: readonly CheckDto[];
  /** Says of what passed, too, why it did. What failed and what warns always does. */
  isDetailed: boolean;
}

/** What each check of a plan says. */
export function ChecksList({ checks, isDetailed }: ChecksListProps) {
  if (checks.length === 0) return <p className="text-muted">No check applies to this plan.</p>;
  return (
    <ul className="grid gap-2">
      {groupChecks(checks).map((group) => {
        const { tone, text } = RESULTS[group.result];
        return (
          <li
            key={`${group.code} ${group.title} ${group.result}`}
            className="grid grid-cols-[76px_1fr] items-baseline gap-x-2"
          >
            <span>
              <Chip tone={tone} hasDot>
                {text}
              </Chip>
            </span>
            <span className="min-w-0">
              {group.link === null ? group.title : <CheckLink title={group.title} href={group.link} />}
              {group.refCount > 1 ? (
                <span className="whitespace-nowrap text-faint"> {group.refCount} refs</span>
              ) : null}
              {isDetailed || group.result !== 'pass' ? <Details group={group} /> : null}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Leads to where the check was made. Only http and https get here. */
function CheckLink({ title, href }: { title: string; href: string }) {
  return (
    <a href={href} target="_blank" rel="noreferrer noopener" title={href} className="link-inline">
      {title}
      <ExternalLink aria-label="opens in a new tab" className="ml-1 inline size-3 align-baseline" />
    </a>
  );
}

function Details({ group }: { group: CheckGroup }) {
  return group.parts.map((part) => (
    <span key={part.detail} className="block text-sm break-words text-muted">
      <UnsafeText text={part.detail} />
      {part.refs.map((ref) => (
        <code key={ref} className="block break-all">
          <UnsafeText text={ref} />
        </code>
      ))}
    </span>
  ));
}
