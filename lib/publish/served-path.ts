/** What a request path names, once it is known to be allowed. */
export interface ServedPath {
  stage: string;
  /** How the file is cached and read. */
  kind: 'summary' | 'signature' | 'object' | 'mutable';
  /** File name components below the repository root; none of them `.` or `..`, none holds a slash or NUL. */
  segments: string[];
}

const stagePattern = /^[a-z0-9][a-z0-9-]{0,38}$/;
const fragmentPattern = /^[\p{L}\p{N}_][-._\p{L}\p{N}_]*$/u;
const temporaryPattern = /^tmp\.[A-Za-z0-9]{6}$/;
const collectionPattern = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+$/;
const fanOutPattern = /^[0-9a-f]{2}$/;
const objectPattern = /^[0-9a-f]{62}\.(filez|dirtree|dirmeta|commit)$/;
const mutableObjectPattern = /^[0-9a-f]{62}\.(commitmeta|tombstone-commit)$/;
const deltaPrefixPattern = /^[A-Za-z0-9+_]{2}$/;
const deltaNamePattern = /^[A-Za-z0-9+_]{41}(-[A-Za-z0-9+_]{43})?$/;
const deltaFilePattern = /^(superblock|meta|[0-9]{1,9})$/;
const deltaIndexPattern = /^[A-Za-z0-9+_]{41}\.index$/;
const cachedSummaryPattern = /^[0-9a-f]{64}(-[0-9a-f]{64})?(\.gz|\.idx\.sig|\.delta)$/;

/** Longest request target that is looked at, in characters. */
export const requestTargetCharsMax = 4096;

/**
 * Parses the raw request target (`req.url`, never normalised) of `/<stage>/<path>`.
 *
 * Only what a client of a repository needs is allowed: `config`, `objects`, `refs`, `deltas`, `delta-indexes`
 * and `summary*`. Each component is decoded once and must then match the grammar of its place, so that an
 * encoded slash, `%2e%2e`, NUL, a dot file or a temporary file is simply not a path here.
 *
 * @returns null where the target names nothing that may be served
 */
export function parseServedPath(target: string): ServedPath | null {
  if (target.length > requestTargetCharsMax || !target.startsWith('/')) return null;
  const raw = target.slice(1).split('?', 1)[0] ?? '';
  const decoded = raw.split('/').map(decodeComponent);
  if (decoded.some((part) => part === null || part === '')) return null;
  const [stage, ...segments] = decoded as string[];
  if (stage === undefined || !stagePattern.test(stage)) return null;
  const kind = kindOf(segments);
  return kind === null ? null : { stage, kind, segments };
}

/** Decodes one component; null where it is not UTF-8 in percent-encoding or has a byte no file name of ours has. */
function decodeComponent(text: string): string | null {
  try {
    const part = decodeURIComponent(text);
    return /[/\\\0]/.test(part) ? null : part;
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function kindOf(segments: string[]): ServedPath['kind'] | null {
  const [top, ...rest] = segments;
  switch (top) {
    case 'summary':
      return rest.length === 0 ? 'summary' : null;
    case 'summary.sig':
      return rest.length === 0 ? 'signature' : null;
    case 'config':
    case 'summary.idx':
    case 'summary.idx.sig':
      return rest.length === 0 ? 'mutable' : null;
    case 'objects':
      return objectKind(rest);
    case 'refs':
      return isRefPath(rest) ? 'mutable' : null;
    case 'summaries':
      return matches(rest, [cachedSummaryPattern]) ? 'mutable' : null;
    case 'deltas':
      return matches(rest, [deltaPrefixPattern, deltaNamePattern, deltaFilePattern]) ? 'mutable' : null;
    case 'delta-indexes':
      return matches(rest, [deltaPrefixPattern, deltaIndexPattern]) ? 'mutable' : null;
    default:
      return null;
  }
}

function objectKind(rest: string[]): ServedPath['kind'] | null {
  if (matches(rest, [fanOutPattern, objectPattern])) return 'object';
  return matches(rest, [fanOutPattern, mutableObjectPattern]) ? 'mutable' : null;
}

/** `refs/heads/<ref>` and `refs/mirrors/<collection>/<ref>`, by libostree's grammar of fragments. */
function isRefPath(rest: string[]): boolean {
  const [space, ...names] = rest;
  if (space === 'mirrors') {
    const collection = names.shift();
    if (collection === undefined || !collectionPattern.test(collection)) return false;
  } else if (space !== 'heads') return false;
  return (
    names.length > 0 && names.every((name) => fragmentPattern.test(name) && !temporaryPattern.test(name))
  );
}

function matches(parts: string[], patterns: RegExp[]): boolean {
  return parts.length === patterns.length && patterns.every((pattern, at) => pattern.test(parts[at] ?? ''));
}
