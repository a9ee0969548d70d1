import { AppError } from '../../../errors';
import { quoteName } from '../../format/ref-name';

/** Whether `text` is to be taken for a URL, of whatever scheme, rather than for a path. */
export function looksLikeUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * The address of a repository, with a slash at its end.
 * @throws AppError `ostree/url-invalid` unless it is http or https, and nothing but host, port and path
 */
export function parseRemoteUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  // URL drops line breaks and tabs in silence, and what is asked for should be what was written.
  if (url === null || /[\0-\x20\x7f]/.test(text)) throw invalid(text, 'is not a URL');
  if (url.protocol === 'file:') throw invalid(text, 'is a file: give the path of the repository instead');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalid(text, 'cannot be pulled from: only http and https are known');
  if (url.username !== '' || url.password !== '')
    throw invalid(
      `${url.protocol}//…@${url.host}`,
      'holds a user name: a command line is no place for secrets',
    );
  if (url.search !== '' || url.hash !== '') throw invalid(text, 'has a query or a fragment');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** The address of a file of the repository; `path` is relative and made of names that need no escape but letters. */
export function fileUrl(base: URL, path: string): URL {
  return new URL(path.split('/').map(encodeURIComponent).join('/'), base);
}

function invalid(text: string, why: string): AppError {
  return new AppError('ostree/url-invalid', `${quoteName(text)} ${why}`);
}
