'use client';

import { useQuery } from '@tanstack/react-query';
import type { StageDto } from '@/lib/contracts/stage';
import { approvalQueueOptions } from '@/lib/query/promotions';
import { isOffered, NAV_ITEMS, SETTINGS_ITEM } from './nav-items';
import { NavLink } from './nav-link';

/** How many promotions wait for the reader's decision or review; nothing while there are none. */
function ApprovalsBadge() {
  const { data } = useQuery(approvalQueueOptions);
  const reviews = data?.reviews.filter(({ isForMe }) => isForMe).length ?? 0;
  const count = (data?.waitingForMe.length ?? 0) + reviews;
  if (count === 0) return null;
  return (
    <b className="ml-auto rounded-full bg-wait-soft px-[7px] text-xs font-semibold text-wait tabular-nums">
      {count}
      <span className="sr-only"> waiting for you</span>
    </b>
  );
}

export type NavStage = Pick<StageDto, 'name' | 'problem'>;
export interface MainNavProps {
  /** The actions of the reader: what is of no use to them is left out. */
  can: readonly string[];
  stages: NavStage[];
  onNavigate?: () => void;
}

/** The links of the main navigation: pages, then stages, then settings. */
export function MainNav({ can, stages, onNavigate }: MainNavProps) {
  return (
    <nav aria-label="Main" className="flex flex-1 flex-col gap-0.5">
      {NAV_ITEMS.filter((item) => isOffered(item, can)).map((item) => (
        <NavLink key={item.href} href={item.href} onNavigate={onNavigate}>
          {item.label}
          {item.href === '/approvals' ? <ApprovalsBadge /> : null}
        </NavLink>
      ))}
      {stages.length === 0 ? null : <p className="px-2 pt-3.5 pb-1 text-xs text-faint">Stages</p>}
      {stages.map((stage) => (
        <NavLink key={stage.name} href={`/stages/${stage.name}`} onNavigate={onNavigate}>
          <span className="min-w-0 truncate">{stage.name}</span>
          {stage.problem === null ? null : (
            <span className="ml-auto size-1.5 rounded-full bg-bad" title={stage.problem}>
              <span className="sr-only">can’t be read</span>
            </span>
          )}
        </NavLink>
      ))}
      <span className="flex-1" />
      {isOffered(SETTINGS_ITEM, can) ? (
        <NavLink href={SETTINGS_ITEM.href} onNavigate={onNavigate}>
          {SETTINGS_ITEM.label}
        </NavLink>
      ) : null}
    </nav>
  );
}
