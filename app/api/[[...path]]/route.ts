import { AppError } from '@/lib/errors';
import { publicRoute } from '@/lib/http/route';

/** What no other route answers: a program gets a problem, not the page for people. */
const handler = publicRoute(async () => {
  throw new AppError('not-found', 'the API has no such address');
});

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
