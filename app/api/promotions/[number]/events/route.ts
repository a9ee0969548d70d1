import { eventStream } from '@/lib/http/event-stream';
import { numberParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { watchPromotion } from '@/lib/services/watch-promotion';

export const GET = route({
  params: numberParams,
  isLive: true,
  handle: async ({ ctx, actor, params, request }) =>
    eventStream({
      name: 'promotion',
      signal: request.signal,
      lastEventId: request.headers.get('last-event-id'),
      ...(await watchPromotion(ctx, actor, params.number)),
    }),
});
