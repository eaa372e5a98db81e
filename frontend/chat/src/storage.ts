// What the page keeps in the browser, in memory where the browser refuses to keep it.

export interface KeyValue {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(prefix: string): string[];
}

/** Everything of this page's is kept under this prefix. */
export const PREFIX = "baton.";

export class MemoryStorage implements KeyValue {
  readonly #entries = new Map<string, string>();

  get(key: string): string | null {
    return this.#entries.get(key) ?? null;
  }

  set(key: string, value: string): void {
    this.#entries.set(key, value);
  }

  remove(key: string): void {
    this.#entries.delete(key);
  }

  keys(prefix: string): string[] {
    return [...this.#entries.keys()].filter((key) => key.startsWith(prefix));
  }
}

/**
 * The frame's localStorage.
 *
 * A write that the browser refuses (storage full or forbidden) stays in memory, so that the chat
 * works until the page is closed.
 */
export class BrowserStorage implements KeyValue {
  readonly #memory = new MemoryStorage();

  get(key: string): string | null {
    return this.#memory.get(key) ?? attempt(() => localStorage.getItem(key), null);
  }

  set(key: string, value: string): void {
    const isKept = attempt(() => {
      localStorage.setItem(key, value);
      return true;
    }, false);
    if (isKept) this.#memory.remove(key);
    else this.#memory.set(key, value);
  }

  remove(key: string): void {
    this.#memory.remove(key);
    attempt(() => localStorage.removeItem(key), undefined);
  }

  keys(prefix: string): string[] {
    const kept = attempt(() => Object.keys(localStorage), []).filter((key) => key.startsWith(prefix));
    return [...new Set([...kept, ...this.#memory.keys(prefix)])];
  }
}

export function parseKept<T>(json: string | null): T | null {
  return attempt(() => JSON.parse(json ?? "null") as T | null, null);
}

export const storage = new BrowserStorage();

function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
