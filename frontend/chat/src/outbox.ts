// The customer's messages between the key press and the server's confirmation.
//
// A message is stored with its Idempotency-Key before it is sent, and removed once the server
// has confirmed it, so a reload, a lost answer or a second tab repeats the same key and the
// server keeps one message. Each message has a storage entry of its own: two tabs never
// overwrite each other's list.

import type { Unreachable } from "./api.ts";
import { Pause } from "./backoff.ts";
import { KEY_MAX_AGE_MS } from "./keys.ts";
import { parseKept, type KeyValue } from "./storage.ts";

export interface Outgoing {
  readonly key: string;
  readonly text: string;
  readonly atMs: number;
  /** Why the server refused it; `null` while it is to be sent. */
  readonly refusal: string | null;
}

export type Delivery =
  | { readonly kind: "delivered" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "signed_out" }
  | Unreachable;

export interface OutboxParts {
  readonly storage: KeyValue;
  /** Where the entries are kept. */
  readonly prefix: string;
  send(message: Outgoing): Promise<Delivery>;
  /** Runs work that no other tab runs at the same time. */
  exclusively(work: () => Promise<Delivery | null>): Promise<Delivery | null>;
  newKey(): string;
  changed(): void;
}

/** Why a message is not sent by itself whose key the server may have forgotten. */
const TOO_OLD = "This was written a long time ago.";

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #pause = new Pause();
  #sending: Promise<void> | null = null;
  #wanted = false;
  #stopped = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** The messages without confirmation, oldest first. */
  list(): Outgoing[] {
    const { storage, prefix } = this.#parts;
    const messages: Outgoing[] = [];
    for (const entry of storage.keys(prefix).sort()) {
      const message = parseKept<Outgoing>(storage.get(entry));
      if (message) messages.push(message);
    }
    return messages;
  }

  add(text: string): void {
    this.#save({ key: this.#parts.newKey(), text, atMs: this.#nextAtMs(), refusal: null });
    void this.flush();
  }

  /** Sends a refused message again; a refusal had no effect, so its key is still good. One that is too old is said now. */
  retry(key: string): void {
    const message = this.list().find((one) => one.key === key);
    if (message && isTooOld(message)) {
      this.#parts.storage.remove(this.#entry(message));
      this.#save({ ...message, atMs: this.#nextAtMs(), refusal: null });
    } else if (message) {
      this.#save({ ...message, refusal: null });
    }
    void this.flush();
  }

  /** Notes that the server has the message. */
  confirm(key: string): void {
    const message = this.list().find((one) => one.key === key);
    if (!message) return;
    this.#parts.storage.remove(this.#entry(message));
    this.#parts.changed();
  }

  /** Sends what is waiting, at once if a wait is going on; resolves when nothing is left to send. */
  flush(): Promise<void> {
    this.#wanted = true;
    this.#pause.wake();
    this.#sending ??= this.#run();
    return this.#sending;
  }

  stop(): void {
    this.#stopped = true;
    this.#pause.wake();
  }

  async #run(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false;
      await this.#pause.persist(async () => {
        const delivery = await this.#parts.exclusively(() => this.#sendFirst());
        if (delivery?.kind === "unreachable" && !this.#stopped) return delivery;
        this.#wanted ||= delivery?.kind === "delivered" || delivery?.kind === "refused";
        return "done";
      });
    }
    // Cleared in the same step as the last look at `#wanted`, so no call of `flush` is missed.
    this.#sending = null;
  }

  /** Sends the oldest message; the list is read here, as another tab may have sent it. */
  async #sendFirst(): Promise<Delivery | null> {
    const message = this.list().find((one) => one.refusal === null);
    if (!message || this.#stopped) return null;
    // The server may have it already and not know its key any more, and would keep it twice.
    const delivery: Delivery = isTooOld(message) ? { kind: "refused", reason: TOO_OLD } : await this.#parts.send(message);
    if (delivery.kind === "delivered") this.confirm(message.key);
    if (delivery.kind === "refused" && !this.#stopped) this.#save({ ...message, refusal: delivery.reason });
    return delivery;
  }

  /** Now, and after every message that is here. */
  #nextAtMs(): number {
    return Math.max(Date.now(), (this.list().at(-1)?.atMs ?? 0) + 1);
  }

  #save(message: Outgoing): void {
    this.#parts.storage.set(this.#entry(message), JSON.stringify(message));
    this.#parts.changed();
  }

  #entry(message: Outgoing): string {
    return `${this.#parts.prefix}${message.atMs.toString(36).padStart(10, "0")}.${message.key}`;
  }
}

function isTooOld(message: Outgoing): boolean {
  return Date.now() - message.atMs >= KEY_MAX_AGE_MS;
}
