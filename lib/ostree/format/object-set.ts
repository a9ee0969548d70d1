import type { Checksum } from './checksum';
import { ChecksumSet } from './checksum-set';
import type { ObjectType } from './object-path';

/** A set of objects by checksum and type, in as little memory as {@link ChecksumSet}, one of which it keeps for each type. */
export class ObjectSet {
  readonly #ofType: Readonly<Record<ObjectType, ChecksumSet>> = {
    commit: new ChecksumSet(),
    dirtree: new ChecksumSet(),
    dirmeta: new ChecksumSet(),
    file: new ChecksumSet(),
  };

  /** Adds an object. @returns whether it was not there before */
  add(checksum: Checksum, type: ObjectType): boolean {
    return this.#ofType[type].add(checksum);
  }

  has(checksum: Checksum, type: ObjectType): boolean {
    return this.#ofType[type].has(checksum);
  }

  /** Those of one type, in the order in which they were added. */
  of(type: ObjectType): ChecksumSet {
    return this.#ofType[type];
  }
}
