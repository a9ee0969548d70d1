import { route } from '@/lib/http/route';
import { getBoard } from '@/lib/services/get-board';

export const GET = route({ handle: ({ ctx, actor }) => getBoard(ctx, actor) });
