/** Where the time comes from. Rules take a time as an argument; only entry points read the clock. */
export interface Clock {
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };
