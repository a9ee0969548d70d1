import { type Checksum, isChecksum } from './checksum';

/** How a repository keeps its content objects. `archive` is also written `archive-z2`. */
export type RepoMode = 'archive' | 'bare' | 'bare-user' | 'bare-user-only';

export type MetadataType = 'commit' | 'dirtree' | 'dirmeta';
/** `file` is a content object, whatever its extension in the repository's mode. */
export type ObjectType = MetadataType | 'file';
/** What lies beside objects under a commit's checksum, without being content-addressed. */
export type SideType = 'commitmeta' | 'tombstone-commit';

/** The extension of a content object. */
export function fileExtension(mode: RepoMode): 'file' | 'filez' {
  return mode === 'archive' ? 'filez' : 'file';
}

/**
 * Where an object lies, relative to the repository's root.
 * @see libostree `_ostree_loose_path`
 */
export function objectPath(checksum: Checksum, type: ObjectType | SideType, mode: RepoMode): string {
  return `objects/${looseName(checksum, type, mode)}`;
}

/** Where an object lies, relative to `objects/`: `ab/cdef….filez`. */
export function looseName(checksum: Checksum, type: ObjectType | SideType, mode: RepoMode): string {
  const extension = type === 'file' ? fileExtension(mode) : type;
  return `${checksum.slice(0, 2)}/${checksum.slice(2)}.${extension}`;
}

/** How an object is named in messages: `<checksum>.<extension>`. */
export function objectName(checksum: Checksum, type: ObjectType | SideType): string {
  return `${checksum}.${type}`;
}

/** The object that a file in `objects/<fanout>/` holds, or null where the name is none of an object. */
export function parseObjectFileName(
  fanout: string,
  name: string,
  mode: RepoMode,
): { checksum: Checksum; type: ObjectType | SideType } | null {
  const dot = name.indexOf('.');
  const checksum = fanout + name.slice(0, Math.max(0, dot));
  if (!isChecksum(checksum)) return null;
  const extension = name.slice(dot + 1);
  switch (extension) {
    case 'commit':
    case 'dirtree':
    case 'dirmeta':
    case 'commitmeta':
    case 'tombstone-commit':
      return { checksum, type: extension };
    default:
      return extension === fileExtension(mode) ? { checksum, type: 'file' } : null;
  }
}
