import type { StageWithKeys } from '../db/stage';
import { isAppError } from '../errors';
import { type GpgKeyring, openGpgKeyring, openRepo, type Repo } from '../ostree';

/** A stage as far as opening its repository goes. */
export type StageRepoRow = Pick<StageWithKeys, 'id' | 'name' | 'repoPath' | 'repoDev' | 'repoIno'>;

/**
 * The repositories of one request, each opened once and only read. The directory must be the one that was
 * configured, by device and inode, so that nobody puts another in its place.
 */
export class Repositories {
  readonly #open = new Map<string, Repo>();
  readonly #keyrings = new Map<string, Promise<GpgKeyring>>();

  /** @throws AppError `ostree/repo-not-found`, `ostree/repo-moved`, `ostree/repo-invalid` and the like */
  open(stage: StageRepoRow): Repo {
    const known = this.#open.get(stage.id);
    if (known) return known;
    const expect = { dev: stage.repoDev, ino: stage.repoIno };
    const repo = openRepo(stage.repoPath, { expect, isStage: true });
    this.#open.set(stage.id, repo);
    return repo;
  }

  /** As `open`, or null and why not. */
  tryOpen(stage: StageRepoRow): { repo: Repo; problem: null } | { repo: null; problem: string } {
    try {
      return { repo: this.open(stage), problem: null };
    } catch (error) {
      if (isAppError(error)) return { repo: null, problem: error.userMessage };
      throw error;
    }
  }

  /** A keyring of these armoured public keys, made once for the request. `name` stands for exactly these. */
  keyring(name: string, publicKeys: readonly string[]): Promise<GpgKeyring> {
    let keyring = this.#keyrings.get(name);
    if (!keyring) {
      keyring = openGpgKeyring(publicKeys.map((key) => Buffer.from(key, 'utf8')));
      this.#keyrings.set(name, keyring);
    }
    return keyring;
  }

  async close(): Promise<void> {
    for (const repo of this.#open.values()) repo.close();
    for (const keyring of await Promise.allSettled(this.#keyrings.values())) {
      if (keyring.status === 'fulfilled') keyring.value.close();
    }
  }
}

/** Runs `work` with repositories that are closed after it, whatever happens. */
export async function withRepositories<T>(work: (repos: Repositories) => Promise<T>): Promise<T> {
  const repos = new Repositories();
  try {
    return await work(repos);
  } finally {
    await repos.close();
  }
}
