import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { stageNameSchema } from '../contracts/scalars';
import { AppError, errnoOf } from '../errors';

/** One stage as the repository server serves it, at `/<stage>/`. */
export const servedStageSchema = z.strictObject({
  stage: stageNameSchema,
  /** Absolute path of the repository. */
  repoPath: z.string().startsWith('/'),
  /** Base64 of each 32-byte public key whose signature makes a new summary believable at once. */
  ed25519PublicKeys: z.array(z.base64().length(44)),
});
export const repoServerConfigSchema = z.array(servedStageSchema);
export type ServedStage = z.infer<typeof servedStageSchema>;

/** How long a look at the file's change marks is good for, in milliseconds. */
const lookAgainMilliseconds = 200;

/**
 * The stages of `repo-server.json`, read again when the file changes. A file that is gone or does not parse
 * leaves what was read before in force: the server goes on serving the last good state.
 */
export class RepoServerConfig {
  readonly #path: string;
  readonly #onProblem: (error: Error) => void;
  #mark = '';
  #lookedAt = Number.NEGATIVE_INFINITY;
  #stages = new Map<string, ServedStage>();

  constructor(path: string, onProblem: (error: Error) => void = () => undefined) {
    this.#path = path;
    this.#onProblem = onProblem;
    this.#refresh();
  }

  /** The stage of that name, or undefined. */
  stage(name: string): ServedStage | undefined {
    this.#refresh();
    return this.#stages.get(name);
  }

  #refresh(): void {
    const now = performance.now();
    if (now - this.#lookedAt < lookAgainMilliseconds) return;
    this.#lookedAt = now;
    const mark = changeMark(this.#path);
    if (mark === this.#mark) return;
    this.#mark = mark;
    try {
      this.#stages = new Map(readRepoServerConfig(this.#path).map((entry) => [entry.stage, entry]));
    } catch (error) {
      this.#onProblem(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** @throws AppError `internal` where the file is not what `write-repo-server-config` writes */
export function readRepoServerConfig(path: string): ServedStage[] {
  try {
    return repoServerConfigSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new AppError(
      'internal',
      `${path} is not a repository server configuration; start treeline serve again`,
      {
        details: { path },
        cause,
      },
    );
  }
}

function changeMark(path: string): string {
  try {
    const stat = statSync(path, { bigint: true });
    return `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'absent';
    throw error;
  }
}
