interface PathStep {
  name: string;
  path: string;
}

/** The steps from the root down to `path`, the root itself left out: `/usr/lib` → usr, lib. */
export function pathSteps(path: string): PathStep[] {
  const names = path.split('/').filter(Boolean);
  return names.map((name, index) => ({ name, path: `/${names.slice(0, index + 1).join('/')}` }));
}

/** The folder that holds `path`; the root holds itself. */
export function parentPath(path: string): string {
  const names = path.split('/').filter(Boolean);
  return `/${names.slice(0, -1).join('/')}`;
}

/**
 * Where a symlink leads inside the tree, without following others; null where it leads nowhere in it.
 * @param linkPath the symlink's own path
 * @param target as stored: absolute or relative to the link's folder
 */
export function resolveTarget(linkPath: string, target: string): string | null {
  if (target === '') return null;
  const from = target.startsWith('/') ? [] : parentPath(linkPath).split('/').filter(Boolean);
  for (const name of target.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') from.pop();
    else from.push(name);
  }
  return `/${from.join('/')}`;
}

export interface TreeCommit {
  checksum: string;
  /** The stage whose view of the commit is shown, kept in links. */
  stage: string | undefined;
}

/** Where a folder or a file of a commit is shown. */
export function treePath(commit: TreeCommit, at: { path?: string; file?: string }): string {
  const search = new URLSearchParams();
  if (commit.stage !== undefined) search.set('stage', commit.stage);
  if (at.path !== undefined && at.path !== '/') search.set('path', at.path);
  if (at.file !== undefined) search.set('file', at.file);
  // Slashes are legal in a query and read better as they are.
  const text = search.toString().replaceAll('%2F', '/');
  return `/commits/${commit.checksum}${text === '' ? '' : `?${text}`}`;
}
