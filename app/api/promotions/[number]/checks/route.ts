import { reportCheckSchema } from '@/lib/contracts/edge-checks';
import { numberParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { reportCheck } from '@/lib/services/report-check';

export const POST = route({
  params: numberParams,
  body: reportCheckSchema,
  handle: ({ ctx, actor, params, body }) => reportCheck(ctx, actor, { ...body, number: params.number }),
});
