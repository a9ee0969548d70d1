import { AppError } from '../errors';

/**
 * Refuses a write that carries a session cookie and doesn't come from a page of ours: browsers name the origin of
 * every such request, and no other site can forge it.
 *
 * @param publicUrl where the pages are configured to be, without a trailing slash
 * @throws AppError `origin-refused`
 */
export function checkOrigin(headers: Headers, publicUrl: string | undefined): void {
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') throw refused(`Sec-Fetch-Site: ${site}`);
  const origin = headers.get('origin');
  if (origin === null) throw refused('no Origin');
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return;
  if (hostOf(origin) !== null && hostOf(origin) === headers.get('host')) return;
  throw refused(`Origin: ${origin.slice(0, 200)}`);
}

function hostOf(origin: string): string | null {
  const match = /^https?:\/\/([^/@\s]+)$/.exec(origin);
  return match?.[1] ?? null;
}

function refused(why: string): AppError {
  return new AppError('origin-refused', `this request does not come from Treeline’s own pages (${why})`);
}
