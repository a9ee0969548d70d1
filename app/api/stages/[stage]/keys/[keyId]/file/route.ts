import { downloadResponse } from '@/lib/http/download';
import { stageKeyParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { readStageKeyFile } from '@/lib/services/read-stage-key-file';

export const GET = route({
  params: stageKeyParams,
  handle: async ({ ctx, actor, params }) => {
    const { fileName, bytes } = await readStageKeyFile(ctx, actor, params);
    return downloadResponse(bytes, fileName, 'text/plain; charset=utf-8');
  },
});
