import { route } from '@/lib/http/route';
import { getMetrics } from '@/lib/services/get-metrics';

export const GET = route({
  handle: async ({ ctx, actor }) =>
    new Response(await getMetrics(ctx, actor), {
      headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
    }),
});
