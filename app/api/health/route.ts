import { publicRoute } from '@/lib/http/route';
import { getHealth } from '@/lib/services/get-health';
import { getServiceContext } from '@/lib/services/service-context';

export const GET = publicRoute(async () => Response.json(await getHealth(getServiceContext())));
