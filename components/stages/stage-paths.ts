/** Where a stage's page is. */
export function stagePath(stage: string): string {
  return `/stages/${encodeURIComponent(stage)}`;
}

/** Where a ref's history is: the ref's fragments are segments of the path. */
export function refPath(stage: string, ref: string): string {
  return `${stagePath(stage)}/refs/${ref.split('/').map(encodeURIComponent).join('/')}`;
}

/** Where a commit is; `stage` says whose keys its signatures are checked against. */
export function commitPath(checksum: string, stage?: string): string {
  return `/commits/${checksum}${stage === undefined ? '' : `?stage=${encodeURIComponent(stage)}`}`;
}

/** Where two commits are compared; `from` null compares with an empty tree. */
export function comparePath(from: string | null, to: string): string {
  return `/compare?${from === null ? '' : `from=${from}&`}to=${to}`;
}
