import type { Checksum } from '../../format/checksum';
import type { DirtreeDir } from '../../format/dirtree';
import type { Repo } from '../../repo/open-repo';
import { isAboutObject, readDirtree } from '../../repo/read-object';

/** A directory of a trusted head of the target, which stands where the directory stands that it is compared with. */
export interface KnownDirectory {
  readonly files: ReadonlySet<Checksum>;
  readonly dirtrees: ReadonlySet<Checksum>;
  readonly dirmetas: ReadonlySet<Checksum>;
  readonly dirtreeOf: ReadonlyMap<string, Checksum>;
}

/** Reads directories of the target; one that is missing or damaged vouches for nothing below it. */
export function readKnown(target: Repo, dirtrees: readonly Checksum[]): KnownDirectory[] {
  return dirtrees.flatMap((checksum) => {
    try {
      const { files, dirs } = readDirtree(target, checksum);
      return {
        files: new Set(files.map((file) => file.checksum)),
        dirtrees: new Set(dirs.map((dir) => dir.dirtree)),
        dirmetas: new Set(dirs.map((dir) => dir.dirmeta)),
        dirtreeOf: new Map(dirs.map((dir) => [dir.name, dir.dirtree])),
      };
    } catch (error) {
      if (isAboutObject(error)) return [];
      throw error;
    }
  });
}

/** What the known directories have under the name of `dir`. */
export function sameNamed(dir: DirtreeDir, known: readonly KnownDirectory[]): Checksum[] {
  return known.flatMap(({ dirtreeOf }) => dirtreeOf.get(dir.name) ?? []);
}
