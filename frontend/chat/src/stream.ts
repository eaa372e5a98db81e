// Keeps a page current: one snapshot, then the stream after its cursor, for as long as it takes.
//
// Every way to lose the stream (network, server restart, silence, a sleeping laptop) ends on the
// same path: wait, then go on after the last cursor; where that is not possible, start again
// with a snapshot. Nothing here knows what the events mean.

import { failure, type Answer, type Snapshot } from "./api.ts";
import { backoffMs, Pause } from "./backoff.ts";
import { SseParser, type ServerEvent } from "./sse.ts";

/** The server sends something every 20 s; a stream silent for this long is dead. */
export const SILENCE_MAX_MS = 60_000;
/** A stream that has not answered for this long is given up. */
const ANSWER_MAX_MS = 20_000;
/** A stream that lived this long was a working one, and the next loss counts as the first. */
const STABLE_MS = 5_000;

export interface Source {
  snapshot(): Promise<Answer<Snapshot>>;
  events(cursor: string, signal: AbortSignal): Promise<Response>;
}

export interface Listener {
  /** A fresh snapshot replaces what the page knew. */
  started(snapshot: Snapshot): void;
  /** Takes one event. `restart` sends the page to a fresh snapshot. */
  received(event: ServerEvent): "applied" | "restart";
  /** The stream is open and current. */
  connected(): void;
  /** The stream is closed; the next try is at `retryAtMs` (epoch). */
  lost(retryAtMs: number): void;
  /** The token is not valid, so there is nothing to come back to. */
  signedOut(): void;
}

type Ending = { readonly kind: "lost" | "restart"; readonly retryMs: number | null } | { readonly kind: "signed_out" };

export class EventStream {
  readonly #source: Source;
  readonly #listener: Listener;
  readonly #pause = new Pause();
  #cursor: string | null;
  #reading: AbortController | null = null;
  #lastByteAtMs = 0;
  #stopped = false;

  constructor(source: Source, cursor: string | null, listener: Listener) {
    this.#source = source;
    this.#cursor = cursor;
    this.#listener = listener;
  }

  /** Runs until stopped or signed out. */
  async run(): Promise<void> {
    let attempt = 0;
    while (!this.#stopped) {
      const beganAtMs = Date.now();
      const ending = await this.#once();
      if (this.#stopped) return;
      if (ending.kind === "signed_out") {
        this.#listener.signedOut();
        return;
      }
      if (ending.kind === "restart") this.#cursor = null;
      if (Date.now() - beganAtMs >= STABLE_MS) attempt = 0;
      const delayMs = ending.retryMs ?? backoffMs(attempt, Math.random);
      attempt += 1;
      this.#listener.lost(Date.now() + delayMs);
      await this.#pause.wait(delayMs);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#reading?.abort();
    this.#pause.wake();
  }

  /** Tries at once if waiting, and looks whether an open stream has died during a sleep. */
  wake(): void {
    this.#pause.wake();
    if (this.#reading && Date.now() - this.#lastByteAtMs > SILENCE_MAX_MS) this.#reading.abort();
  }

  /** Opens a new stream at once: the network is another one, and the old stream may be dead. */
  reconnect(): void {
    this.#pause.wake();
    this.#reading?.abort();
  }

  /** An event that cannot be taken would come again after the same cursor, so it is passed by with a snapshot. */
  #take(event: ServerEvent): "applied" | "restart" {
    try {
      return this.#listener.received(event);
    } catch {
      return "restart";
    }
  }

  async #once(): Promise<Ending> {
    if (this.#cursor === null) {
      const answer = await this.#source.snapshot();
      if (this.#stopped) return { kind: "lost", retryMs: null };
      if (answer.kind === "signed_out") return answer;
      if (answer.kind !== "ok") return { kind: "lost", retryMs: answer.kind === "unreachable" ? answer.retryAfterMs : null };
      this.#listener.started(answer.value);
      this.#cursor = answer.value.cursor;
    }
    return await this.#read(this.#cursor);
  }

  async #read(cursor: string): Promise<Ending> {
    const reading = new AbortController();
    this.#reading = reading;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const expectWithin = (ms: number): void => {
      this.#lastByteAtMs = Date.now();
      clearTimeout(silence);
      silence = setTimeout(() => reading.abort(), ms);
    };
    const parser = new SseParser();
    try {
      expectWithin(ANSWER_MAX_MS);
      const response = await this.#source.events(cursor, reading.signal);
      if (!response.ok || !response.body) return await refusedStream(response);
      expectWithin(SILENCE_MAX_MS);
      this.#listener.connected();
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.#stopped) return { kind: "lost", retryMs: parser.retryMs };
        expectWithin(SILENCE_MAX_MS);
        for (const event of parser.push(decoder.decode(value, { stream: true }))) {
          if (this.#take(event) === "restart") return { kind: "restart", retryMs: null };
          if (event.id !== null) this.#cursor = event.id;
        }
      }
    } catch {
      return { kind: "lost", retryMs: parser.retryMs };
    } finally {
      clearTimeout(silence);
      reading.abort();
      this.#reading = null;
    }
  }
}

/** A stream refused for its cursor is started again; one refused for its token is over. */
async function refusedStream(response: Response): Promise<Ending> {
  const answer = await failure(response);
  if (answer.kind === "signed_out") return answer;
  if (answer.kind === "refused") return { kind: "restart", retryMs: null };
  return { kind: "lost", retryMs: answer.retryAfterMs };
}
