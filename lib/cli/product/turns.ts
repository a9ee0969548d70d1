/** That somebody's turn goes on at a place. */
export interface Turn<Place> {
  readonly place: Place;
  /** Ends it, whatever happened; calling it again does nothing. */
  end(): void;
}

interface Seat<Place> {
  readonly place: Place;
  /** Somebody has the turn: nobody else gets it. */
  isHeld: boolean;
  /** How many are there, with a turn or without. */
  count: number;
}

/**
 * Turns at places where something is done sooner one by one: pages that a process makes side by side are all ready when the
 * last of them is, while each would need the processor alone for a fraction of that. Whoever asks gets the place that is free, and
 * waits for the first that will be where none is: never for one while another has nothing to do.
 */
export class Turns<Place> {
  readonly #heldMillisecondsMax: number;
  readonly #seats = new Map<Place, Seat<Place>>();
  readonly #waiting: ((seat: Seat<Place>) => void)[] = [];

  /** @param heldMillisecondsMax after so long a turn is over for whoever waits: its holder may wait for something itself */
  constructor(heldMillisecondsMax: number) {
    this.#heldMillisecondsMax = heldMillisecondsMax;
  }

  /** Turns may be had at this place from now on. */
  open(place: Place): void {
    const seat = { place, isHeld: false, count: 0 };
    this.#seats.set(place, seat);
    this.#passOn(seat);
  }

  /** Nobody gets this place any more. */
  close(place: Place): void {
    this.#seats.delete(place);
  }

  /** Whether anybody can get a turn now or later without another place being opened. */
  get isOpen(): boolean {
    return this.#seats.size > 0;
  }

  /** Waits for a turn, in the order of asking, and for a place where none is open. */
  async take(): Promise<Turn<Place>> {
    const first = this.#leastBusy();
    const isFree = first !== undefined && !first.isHeld;
    const seat = isFree ? first : await new Promise<Seat<Place>>((resolve) => this.#waiting.push(resolve));
    seat.isHeld = true;
    const timer = setTimeout(() => letGo(), this.#heldMillisecondsMax);
    timer.unref();
    const letGo = once(() => {
      clearTimeout(timer);
      this.#passOn(seat);
    });
    const leave = enter(seat);
    return {
      place: seat.place,
      end: () => {
        letGo();
        leave();
      },
    };
  }

  /** The place where least goes on, without waiting for a turn or keeping anybody from one; null where none is open. */
  join(): Turn<Place> | null {
    const seat = this.#leastBusy();
    return seat === undefined ? null : { place: seat.place, end: enter(seat) };
  }

  #leastBusy(): Seat<Place> | undefined {
    const seats = [...this.#seats.values()];
    return seats.sort((a, b) => Number(a.isHeld) - Number(b.isHeld) || a.count - b.count)[0];
  }

  #passOn(seat: Seat<Place>): void {
    const next = this.#seats.get(seat.place) === seat ? this.#waiting.shift() : undefined;
    // Held all the while where somebody waits: whoever asks now comes after them.
    seat.isHeld = next !== undefined;
    next?.(seat);
  }
}

/** @returns what leaves again */
function enter<Place>(seat: Seat<Place>): () => void {
  seat.count++;
  return once(() => seat.count--);
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}
