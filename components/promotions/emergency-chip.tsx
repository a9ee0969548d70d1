import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import type { EmergencyStateDto } from '@/lib/contracts/promotion';

/** Says in a row that it was published without approval, and how far its review is; nothing where it was not. */
export function EmergencyNote({ emergency }: { emergency: EmergencyStateDto | null }) {
  if (emergency === null) return null;
  return (
    <span className="mt-1 block text-sm text-muted">
      <Chip tone="bad" title="Published without approval">
        emergency
      </Chip>{' '}
      <ReviewText emergency={emergency} />
    </span>
  );
}

/** "review due in 3 h", "review overdue since …", "reviewed". */
export function ReviewText({ emergency: { review, dueAt, hasObjection } }: { emergency: EmergencyStateDto }) {
  if (review === 'reviewed') return hasObjection ? 'reviewed, with an objection' : 'reviewed';
  if (review === 'none' || dueAt === null) return null;
  if (review === 'due') {
    return (
      <>
        review due <RelativeTime iso={dueAt} />
      </>
    );
  }
  return (
    <b className="font-semibold text-bad">
      review overdue since <RelativeTime iso={dueAt} />
    </b>
  );
}
