/** The total time that a call may take, from queueing to the last byte of the answer. */
export interface Deadline {
  /** Milliseconds left, never below 0. */
  remainingMs(): number;
  /**
   * Calls `fn` once when the deadline passes; at once (synchronously) if it has passed already.
   *
   * @returns Withdraws `fn`. Always call it when the call is over, or the deadline keeps what `fn` holds alive.
   */
  onExpire(fn: () => void): () => void;
  /** For libraries that take an AbortSignal. Made on first use: it costs about 30 µs, `onExpire` less than 1. */
  readonly signal: AbortSignal;
}
