import { type NextRequest, NextResponse } from 'next/server';
import { commonHeaders } from './lib/http/common-headers';

/**
 * Headers for every page. Answers of the API get theirs in next.config.ts and lib/http/route.ts: a tenth of their time went by
 * here. It decides nothing: who may see what is asked where the data is read, since what stands in front of a route has been
 * passed by before (CVE-2025-29927).
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === 'development');
  const headers = new Headers(request.headers);
  // Next reads the nonce for its own scripts from the policy in the request.
  headers.set('Content-Security-Policy', policy);
  headers.set('x-nonce', nonce);
  // A layout isn't told which page it frames; it needs to know where to come back to after signing in.
  headers.set('x-treeline-path', request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  response.headers.set('Cache-Control', 'private, no-store');
  for (const [name, value] of Object.entries(commonHeaders)) response.headers.set(name, value);
  return response;
}

/** Nothing is loaded from anywhere else; scripts run by nonce. Styles may be inline: charts and positions use them. */
function contentSecurityPolicy(nonce: string, isDevelopment: boolean): string {
  const directives = {
    'default-src': "'none'",
    'script-src': `'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    'style-src': "'self' 'unsafe-inline'",
    'font-src': "'self'",
    'img-src': "'self' data:",
    'connect-src': `'self'${isDevelopment ? ' ws:' : ''}`,
    'manifest-src': "'self'",
    'form-action': "'self'",
    'base-uri': "'none'",
    'frame-ancestors': "'none'",
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

export const config = {
  // Built files are the same for everybody and named by their content: they may be cached.
  matcher: ['/((?!api/|_next/static|_next/image|favicon.ico).*)'],
};
