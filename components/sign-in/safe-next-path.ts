/**
 * Where to go after signing in: `wanted` if it is a path of this very site, else the board. Anything a
 * browser could read as another host (`//host`, `/\host`, a scheme, control characters) is refused.
 */
export function safeNextPath(wanted: string | null | undefined): string {
  if (typeof wanted !== 'string' || wanted.length > 2000) return '/';
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) || wanted.includes('\\')) return '/';
  if (/^\/(sign-in|change-password|api)(\/|\?|#|$)/.test(wanted)) return '/';
  return wanted;
}
