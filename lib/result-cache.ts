/**
 * What can be made again from its key, kept while there is room: the least recently used go first. What is kept is shared, so
 * nobody changes it; nothing is lost when it is empty.
 */
export class ResultCache {
  readonly #entries = new Map<string, { value: unknown; weight: number }>();
  readonly #underWay = new Map<string, Promise<unknown>>();
  readonly #weightMax: number;
  #weight = 0;

  /** `weightMax` counts rows, about 200 bytes each. */
  constructor(weightMax = 300_000) {
    this.#weightMax = weightMax;
  }

  /** The value of `key`; undefined where it isn't kept. The caller knows what its keys hold. */
  get<T>(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value as T;
  }

  /** Keeps `value`, which is worth `weight` rows. One that alone is worth a quarter of the room is not kept. */
  set(key: string, value: unknown, weight = 1): void {
    if (weight * 4 > this.#weightMax) return;
    this.#weight += weight - (this.#entries.get(key)?.weight ?? 0);
    this.#entries.delete(key);
    this.#entries.set(key, { value, weight });
    for (const [oldest, entry] of this.#entries) {
      if (this.#weight <= this.#weightMax) break;
      this.#entries.delete(oldest);
      this.#weight -= entry.weight;
    }
  }

  /** The value of `key`, made by `make` where it isn't kept; made once for all who ask at the same time. */
  async getOrMake<T>(key: string, make: () => Promise<T>, weigh: (value: T) => number): Promise<T> {
    const kept = this.get<T>(key);
    if (kept !== undefined) return kept;
    const underWay = this.#underWay.get(key) as Promise<T> | undefined;
    if (underWay) return underWay;
    const made = make();
    this.#underWay.set(key, made);
    try {
      const value = await made;
      this.set(key, value, weigh(value));
      return value;
    } finally {
      this.#underWay.delete(key);
    }
  }
}
