import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { commonHeaders } from '../../http/common-headers';
import type { Handler } from './serve-pages';

/** Answers of the API, and built files, which are the same for everybody. */
const HAS_OWN_HEADERS = /^\/(?:api\/|_next\/static|_next\/image|favicon\.ico)/;

/**
 * Sets the headers of every page. It decides nothing: who may see what is asked where the data is read, since what stands in
 * front of a route has been passed by before (CVE-2025-29927).
 *
 * Here and not in a proxy of Next's, which took a quarter of the time of a page.
 */
export function withPageHeaders(handle: Handler, isDevelopment: boolean): Handler {
  return (request, response) => {
    const url = request.url ?? '/';
    if (HAS_OWN_HEADERS.test(url)) return handle(request, response);
    const policy = contentSecurityPolicy(randomBytes(16).toString('base64'), isDevelopment);
    // Next reads the nonce for its own scripts from the policy in the request.
    request.headers['content-security-policy'] = policy;
    // A layout isn't told which page it frames; it needs to know where to come back to after signing in.
    request.headers['x-treeline-path'] = withoutMarks(url);
    beforeHead(response, () => {
      const vary = response.getHeader('Vary');
      const common = { ...commonHeaders, Vary: [commonHeaders.Vary, vary ?? []].flat().join(', ') };
      response.setHeader('Content-Security-Policy', policy);
      response.setHeader('Cache-Control', 'private, no-store');
      for (const [name, value] of Object.entries(common)) response.setHeader(name, value);
    });
    return handle(request, response);
  };
}

/** Calls `set` right before the head of an answer is sent: what was set before Next makes a page it may set anew. */
function beforeHead(response: ServerResponse, set: () => void): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  response.writeHead = (...given: unknown[]) => {
    if (!response.headersSent) set();
    return writeHead(...given);
  };
}

/** The path and query of a page, without the mark of a request for its data alone. */
function withoutMarks(url: string): string {
  const at = url.indexOf('?');
  const query = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  if (!query.has('_rsc')) return url;
  query.delete('_rsc');
  return url.slice(0, at) + (query.size === 0 ? '' : `?${query}`);
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
