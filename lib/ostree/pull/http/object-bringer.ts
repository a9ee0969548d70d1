import { isAppError } from '../../../errors';
import type { Checksum } from '../../format/checksum';
import { parseDirmeta } from '../../format/dirmeta';
import { type Dirtree, parseDirtree } from '../../format/dirtree';
import type { Repo } from '../../repo/open-repo';
import { hasObject, missingObject, readDirmeta, readDirtree } from '../../repo/read-object';
import { type ImportCounts, toObject } from '../object-list';
import type { Pacer } from '../pacer';
import { verifyPaced } from '../verify-paced';
import { fetchFile } from './fetch-file';
import { fetchMetadata } from './fetch-metadata';
import type { FetchStaging } from './fetch-staging';
import type { FetchedObjects } from './fetched-objects';
import type { HttpClient } from './http-client';

export interface BringerContext {
  readonly client: HttpClient;
  readonly target: Repo;
  readonly staging: FetchStaging;
  readonly staged: FetchedObjects;
  readonly counts: ImportCounts;
  readonly pacer: Pacer;
  /** The most content that one object may state. */
  readonly contentBytesMax: number;
}

/**
 * Sees to it that an object is in the target, or on its way there: one that lies there is checked in place
 * (departure 2), one that a killed run left in the staging folder is checked and used, any other is fetched.
 *
 * Each throws AppError `ostree/object-missing`, `ostree/object-corrupt`, `ostree/object-too-large`,
 * `ostree/fetch-failed`, `ostree/no-space`, `ostree/aborted`.
 */
export class ObjectBringer {
  readonly #context: BringerContext;

  constructor(context: BringerContext) {
    this.#context = context;
  }

  async bringDirtree(checksum: Checksum): Promise<Dirtree> {
    const { staged } = this.#context;
    const { value, isPresent } = await this.#bring(checksum, 'dirtree', readDirtree, parseDirtree);
    if (!isPresent) staged.addDirtree(checksum);
    return value;
  }

  async bringDirmeta(checksum: Checksum): Promise<void> {
    const { isPresent } = await this.#bring(checksum, 'dirmeta', readDirmeta, parseDirmeta);
    if (!isPresent) this.#context.staged.addDirmeta(checksum);
  }

  async bringFile(checksum: Checksum): Promise<void> {
    const { client, target, staging, staged, counts, pacer, contentBytesMax } = this.#context;
    if (hasObject(target, checksum, 'file')) {
      await verifyPaced(target, toObject(checksum, 'file', target.mode), pacer);
      counts.objectsPresent++;
    } else {
      const sizeBytes =
        (await this.#takeUpFile(checksum)) ?? (await fetchFile(client, staging, checksum, contentBytesMax));
      await staged.addFile(checksum, sizeBytes, pacer);
    }
    if (pacer.count()) await pacer.pause();
  }

  async #bring<T>(
    checksum: Checksum,
    type: 'dirtree' | 'dirmeta',
    read: (repo: Repo, checksum: Checksum) => T,
    parse: (bytes: Uint8Array) => T,
  ): Promise<{ value: T; isPresent: boolean }> {
    const { client, target, staging, counts, pacer } = this.#context;
    if (pacer.count()) await pacer.pause();
    if (hasObject(target, checksum, type)) {
      counts.objectsPresent++;
      return { value: read(target, checksum), isPresent: true };
    }
    const left = staging.readLeft(checksum, type, read);
    if (left !== null) {
      counts.objectsCopied++;
      return { value: left, isPresent: false };
    }
    const fetched = await fetchMetadata(client, staging, { checksum, type }, parse);
    if (fetched === null) throw missingObject(staging.repo, checksum, type);
    counts.objectsCopied++;
    counts.bytesCopied += fetched.sizeBytes;
    return { value: fetched.value, isPresent: false };
  }

  /** As FetchStaging.readLeft, of content. @returns its size in bytes */
  async #takeUpFile(checksum: Checksum): Promise<number | null> {
    const { staging, pacer } = this.#context;
    if (!staging.isTakenOver || !staging.has(checksum, 'file')) return null;
    try {
      const { sizeBytes } = await verifyPaced(staging.repo, toObject(checksum, 'file', 'archive'), pacer);
      return sizeBytes;
    } catch (error) {
      if (!isAppError(error, 'ostree/object-corrupt')) throw error;
      staging.drop(checksum, 'file');
      return null;
    }
  }
}
