import { route } from '@/lib/http/route';
import { listApprovalQueue } from '@/lib/services/list-approval-queue';

export const GET = route({ handle: ({ ctx, actor }) => listApprovalQueue(ctx, actor) });
