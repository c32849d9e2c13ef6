// Time and randomness, behind a port so that tests and simulations own both.
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** The moment so many milliseconds ago, where waits may be scaled. */
  ago(milliseconds: number): number;
  /** The moment so many milliseconds ahead, likewise. */
  ahead(milliseconds: number): number;
  sleep(milliseconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}
