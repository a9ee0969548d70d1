import Link from 'next/link';
import { Checkbox } from '@/components/ui/checkbox';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PlanResultDto } from '@/lib/contracts/promotion';

export interface SupersedeFieldProps {
  offered: PlanResultDto['supersedable'];
  value: number | null;
  onChange: (number: number | null) => void;
}

/** Older requests for the same refs, of which one may end with the new one; nothing where there are none. */
export function SupersedeField({ offered, value, onChange }: SupersedeFieldProps) {
  if (offered.length === 0) return null;
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1 font-medium">Older requests for these refs</legend>
      {offered.map(({ number, requester, isApproved }) => (
        <Checkbox
          key={number}
          label={
            <>
              Supersede{' '}
              <Link href={`/promotions/${number}`} className="link-inline">
                #{number}
              </Link>
            </>
          }
          hint={
            <>
              Asked by <UnsafeText text={requester} />
              {isApproved ? ', approved' : ''}. It ends with this request, and approvals of it are void.
            </>
          }
          checked={value === number}
          onChange={(event) => onChange(event.target.checked ? number : null)}
        />
      ))}
      {offered.length > 1 ? <p className="text-sm text-muted">One at most.</p> : null}
    </fieldset>
  );
}
