import { Checkbox } from '@/components/ui/checkbox';
import type { BoardEdgeDto } from '@/lib/contracts/board';

export interface EmergencyFieldProps {
  edge: BoardEdgeDto | null;
  value: boolean;
  onChange: (isEmergency: boolean) => void;
}

/** Lets who may publish without approval, with what that means; nothing for anybody else. */
export function EmergencyField({ edge, value, onChange }: EmergencyFieldProps) {
  if (!edge?.emergency?.isForMe) return null;
  const { group, reviewHours } = edge.emergency;
  return (
    <div className={`rounded-md border px-3 py-2 ${value ? 'border-bad bg-bad-soft' : 'border-line-strong'}`}>
      <Checkbox
        label={<b className="font-semibold">Emergency: publish without approval</b>}
        checked={value}
        onChange={(event) => onChange(event.target.checked)}
        hint={
          <>
            You may, since you are in {group}. It is published into {edge.to} at once, past approvals,
            freezes, soak times and checks that others report; what keeps the repository whole is checked as
            always. It stays marked in red, and reviewers have to review it within {reviewHours} h.
          </>
        }
      />
    </div>
  );
}
