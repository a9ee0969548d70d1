import type { Plan } from '@/lib/contracts/promotion';
import { describePlanChange } from './describe-plan-change';

/** Says that the plan changed between reading and asking, and in what. */
export function PlanChanged({ before, now }: { before: Plan; now: Plan }) {
  const changes = describePlanChange(before, now);
  return (
    <div role="alert" className="rounded-md border border-wait bg-wait-soft px-3 py-2">
      <p className="font-semibold text-wait">The plan has changed since you looked</p>
      <ul className="mt-1 list-disc pl-4 break-words">
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
      <p className="mt-1">Nothing was asked for. The page shows the new plan: look again, then ask for it.</p>
    </div>
  );
}
