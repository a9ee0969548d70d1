import { route } from '@/lib/http/route';
import { getMe } from '@/lib/services/get-me';

export const GET = route({ handle: ({ ctx, actor }) => getMe(ctx, actor) });
