// How long to wait before trying again, and a wait that can be cut short.

/** The longest wait between two tries. */
export const BACKOFF_MAX_MS = 30_000;
/** The upper bound of the first wait; it doubles with each try. */
export const BACKOFF_FIRST_MS = 500;

/**
 * Returns a wait between zero and a bound that doubles with `attempt` (from 0).
 *
 * Full jitter: after a server restart thousands of pages come back spread out, not in waves.
 */
export function backoffMs(attempt: number, random: () => number): number {
  const bound = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(random() * bound);
}

/** How an attempt ended that may have to be repeated. */
export type Attempt = "done" | { readonly retryAfterMs: number | null };

/** A wait that `wake` ends early, for when there is news that trying now may work. */
export class Pause {
  #end: (() => void) | null = null;

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end?.(), ms);
      this.#end = () => {
        clearTimeout(timer);
        this.#end = null;
        resolve();
      };
    });
  }

  wake(): void {
    this.#end?.();
  }

  /** Repeats `attempt` with growing waits until it is done; `waiting` is told when the next is due. */
  async persist(attempt: () => Promise<Attempt>, waiting: (retryAtMs: number) => void = () => {}): Promise<void> {
    for (let count = 0; ; count += 1) {
      const outcome = await attempt();
      if (outcome === "done") return;
      const delayMs = outcome.retryAfterMs ?? backoffMs(count, Math.random);
      waiting(Date.now() + delayMs);
      await this.wait(delayMs);
    }
  }
}
