/**
 * The largest things that are read from a repository. libostree caps metadata at 128 MiB over HTTP
 * (OSTREE_MAX_METADATA_SIZE) and not at all from disk; everything here is at or below that.
 */
export const limits = {
  /** A `.commit`, `.dirmeta` or `.commitmeta` file. */
  metadataSizeBytesMax: 16 * 1024 * 1024,
  dirtreeSizeBytesMax: 32 * 1024 * 1024,
  /** `summary` and `summary.sig`; what a client is ready to take. */
  summarySizeBytesMax: 128 * 1024 * 1024,
  configSizeBytesMax: 1024 * 1024,
  /** Signatures of one kind over one object that are checked or carried; each is tried with every key (T-38). */
  signaturesMax: 64,
  /** A ref file: 64 digits and a newline, with room for a carriage return or blanks. */
  refFileSizeBytesMax: 128,
  /** The header in front of an archive file's content, xattrs included. */
  fileHeaderSizeBytesMax: 1024 * 1024,
  symlinkTargetBytesMax: 4095,
  fileNameBytesMax: 255,
  refNameBytesMax: 1024,
  refFragmentBytesMax: 255,
  xattrNameBytesMax: 255,
  /** 31 December 9999, the last day that GDateTime and ISO 8601 can write. */
  timestampSecondsMax: 253_402_300_799,
  /** Directories below one another: PATH_MAX holds 2,048 of one letter. */
  treeDepthMax: 2048,
  /** Entries of one listing or rows of one diff; a tree that shares subtrees can name many more than it holds. */
  treeEntriesMax: 2_000_000,
  /** Repositories behind one another by `core.parent`. */
  parentDepthMax: 8,
} as const;
