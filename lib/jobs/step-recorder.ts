import type { AuditKind } from '../audit/event-kinds';
import { type AuditInput, recordAudit } from '../audit/record-audit';
import type { StepName } from '../contracts/promotion';
import { inTransaction, type Transaction } from '../db/client';
import { isAppError } from '../errors';
import { leaseLost, ownedRun } from './lease';
import type { WorkerContext } from './worker-context';

/** How often progress is written at most, in milliseconds. */
const progressMilliseconds = 200;
const linesMax = 200;

export interface StepFailure {
  code: string;
  message: string;
}

/** What of a run identifies it in events. */
export interface RecordedRun {
  id: string;
  fencingToken: number;
  attempt: number;
  promotionNumber: number;
  targetName: string;
}

type Change = (tx: Transaction) => Promise<void>;

/**
 * Writes what a run does into its rows. What belongs together goes into one transaction, each guarded by the
 * fencing token. Until the commit point a database that is away stops the run; past it changes are kept and written
 * with the next ones, since the run goes forward without the database.
 */
export class StepRecorder {
  readonly #ctx: WorkerContext;
  readonly #run: RecordedRun;
  #pending: Change[] = [];
  #isPastCommitPoint = false;
  #step: StepName | null = null;
  #lines: string[] = [];
  #fraction: number | null = null;
  #writtenAt = 0;
  #write: Promise<void> | null = null;

  constructor(ctx: WorkerContext, run: RecordedRun) {
    this.#ctx = ctx;
    this.#run = run;
  }

  /** The step under way, or the last one. */
  get step(): StepName | null {
    return this.#step;
  }

  /** From now on the run goes forward even where nothing can be recorded. */
  passCommitPoint(): void {
    this.#isPastCommitPoint = true;
  }

  /** Puts steps back to the beginning: they are about to be done anew. */
  reset(names: readonly StepName[]): void {
    this.#add(async (tx) => {
      await tx.runStep.updateMany({
        where: { runId: this.#run.id, name: { in: [...names] } },
        data: {
          state: 'waiting',
          progressJson: '{}',
          startedAt: null,
          endedAt: null,
          errorCode: null,
          errorMessage: null,
        },
      });
    });
  }

  /** Steps that a killed worker had done without saying so. */
  assumeDone(names: readonly StepName[]): void {
    const endedAt = this.#ctx.clock.now();
    this.#add(async (tx) => {
      const where = { runId: this.#run.id, name: { in: [...names] }, state: { not: 'done' } };
      await tx.runStep.updateMany({
        where,
        data: { state: 'done', endedAt, errorCode: null, errorMessage: null },
      });
    });
  }

  /** A step begins, and the one before it is done. */
  async begin(name: StepName): Promise<void> {
    this.end();
    await this.#settleProgress();
    this.#step = name;
    this.#lines = [];
    this.#fraction = null;
    this.#writtenAt = performance.now();
    const startedAt = this.#ctx.clock.now();
    this.#add((tx) =>
      this.#setStep(tx, name, {
        state: 'running',
        startedAt,
        endedAt: null,
        errorCode: null,
        errorMessage: null,
      }),
    );
    await this.flush();
  }

  /** The step under way is done; recorded with whatever is recorded next. */
  end(): void {
    const name = this.#step;
    if (name === null) return;
    this.#step = null;
    const endedAt = this.#ctx.clock.now();
    const progressJson = JSON.stringify({ lines: this.#lines, fraction: null });
    this.#add((tx) =>
      this.#setStep(tx, name, { state: 'done', endedAt, progressJson, errorCode: null, errorMessage: null }),
    );
  }

  /** A line that a person reads, for the step under way. */
  line(text: string): void {
    if (this.#lines.length < linesMax) this.#lines.push(text.slice(0, 500));
    this.#showProgress();
  }

  /** How far the step under way is, 0 to 1. */
  fraction(fraction: number): void {
    this.#fraction = Math.min(1, Math.max(0, fraction));
    this.#showProgress();
  }

  /** An event of the run; recorded with whatever is recorded next. */
  event<K extends AuditKind>(kind: K, data: AuditInput<K>['data'], ref?: string): void {
    const at = this.#ctx.clock.now();
    this.#add(async (tx) => {
      await recordAudit(tx, { ...this.#about(), kind, at, data, ...(ref !== undefined && { ref }) });
    });
  }

  /** Something of the outside world that is to be in the same transaction as the rest. */
  add(change: Change): void {
    this.#add(change);
  }

  /** Sets a step, by default the one under way, to a state with an error. */
  fail(state: 'failed' | 'retrying', error: StepFailure, name: StepName | null = this.#step): void {
    if (name === null) return;
    const endedAt = state === 'failed' ? this.#ctx.clock.now() : null;
    const progressJson = JSON.stringify({ lines: this.#lines, fraction: null });
    this.#add((tx) =>
      this.#setStep(tx, name, {
        state,
        endedAt,
        progressJson,
        errorCode: error.code,
        errorMessage: error.message.slice(0, 2000),
      }),
    );
  }

  /**
   * Writes all that has been added, in one transaction.
   *
   * @throws AppError `lease-lost`; before the commit point also what the database throws
   */
  async flush(): Promise<void> {
    try {
      await this.commit();
    } catch (error) {
      if (!this.#isPastCommitPoint || isAppError(error, 'lease-lost')) throw error;
      this.#ctx.log.warn({ error, run: this.#run.id }, 'the run goes on; it will be recorded later');
    }
  }

  /**
   * As `commit`, together with what `add` adds. Where it can't be written, that is forgotten: what is recorded next is not
   * to say that the run has ended, and that it goes on.
   */
  async commitEnd(add: () => void): Promise<void> {
    await this.#settleProgress();
    const count = this.#pending.length;
    try {
      add();
      await this.commit();
    } catch (error) {
      this.#pending.length = count;
      throw error;
    }
  }

  /** As `flush`, but throws in any case where it could not be written. What was added is kept then. */
  async commit(): Promise<void> {
    await this.#settleProgress();
    const changes = [...this.#pending];
    if (changes.length === 0) return;
    await inTransaction(this.#ctx.db, async (tx) => {
      const { id, fencingToken } = this.#run;
      if ((await tx.run.count({ where: ownedRun(id, fencingToken) })) !== 1) throw leaseLost(id);
      for (const change of changes) await change(tx);
    });
    this.#pending.splice(0, changes.length);
  }

  #about() {
    return {
      actor: { id: null, name: 'worker' },
      stage: this.#run.targetName,
      promotion: this.#run.promotionNumber,
    };
  }

  #add(change: Change): void {
    this.#pending.push(change);
  }

  async #setStep(tx: Transaction, name: StepName, data: object): Promise<void> {
    await tx.runStep.updateMany({ where: { runId: this.#run.id, name }, data });
  }

  /** At most every so often, one at a time, and never in the way of the work itself. */
  #showProgress(): void {
    const now = performance.now();
    if (this.#step === null || this.#write !== null || now - this.#writtenAt < progressMilliseconds) return;
    this.#writtenAt = now;
    const { id, fencingToken } = this.#run;
    this.#write = this.#ctx.db.runStep
      .updateMany({
        where: { runId: id, name: this.#step, run: { fencingToken } },
        data: { progressJson: JSON.stringify({ lines: this.#lines, fraction: this.#fraction }) },
      })
      .then(
        () => undefined,
        (error: unknown) => this.#ctx.log.warn({ error, run: id }, 'could not show progress'),
      )
      .finally(() => {
        this.#write = null;
      });
  }

  async #settleProgress(): Promise<void> {
    await this.#write;
  }
}
