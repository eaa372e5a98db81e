// Starts a conversation exactly once.
//
// The start is written down with its key before it is sent and repeated with that key until the
// server answers: through lost answers, reloads and restarts of the server.

import { leaveRequest, startChat, type Started } from "./api.ts";
import { Pause, type Attempt } from "./backoff.ts";
import { exclusively } from "./exclusive.ts";
import { newKey } from "./keys.ts";
import { addressPlace, forgetPendingStart, formerToken, pendingStarts, savedSession, savePendingStart, saveSession, type PendingStart, type Session } from "./session.ts";
import { storage } from "./storage.ts";

export interface StarterListener {
  started(session: Session, answer: Started): void;
  startedElsewhere(): void;
  refused(reason: string, code: string): void;
  lost(retryAtMs: number): void;
}

export class Starter {
  readonly #listener: StarterListener;
  readonly #pause = new Pause();
  #isStopped = false;

  constructor(listener: StarterListener) {
    this.#listener = listener;
  }

  /** With an address a question is left that is answered there, and no conversation begins. */
  start(name: string, text: string, address: string | null): void {
    const start = { key: newKey(), name, text, address, former: formerToken(), atMs: Date.now() };
    savePendingStart(start);
    this.resume(start);
  }

  resume(start: PendingStart): void {
    void this.#pause.persist(
      () => exclusively("baton-start", () => this.#attempt(start)),
      (retryAtMs) => this.#isStopped || this.#listener.lost(retryAtMs),
    );
  }

  wake(): void {
    this.#pause.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#pause.wake();
  }

  async #attempt(own: PendingStart): Promise<Attempt> {
    if (this.#isStopped) return "done";
    if (savedSession()) {
      this.#listener.startedElsewhere();
      return "done";
    }
    // Where several tabs start at once, all send the oldest; the others' words follow as messages.
    const start = pendingStarts()[0] ?? own;
    const { name, text, address, key, former } = start;
    const answer = address
      ? await leaveRequest(name, address, text, key, former)
      : await startChat(name, text, key, former);
    if (answer.kind === "unreachable") return answer;
    forgetPendingStart(start.key);
    if (answer.kind === "ok") {
      const session = { token: answer.value.token, conversation: answer.value.chat.conversation, key: start.key };
      saveSession(session);
      if (address) storage.set(addressPlace(session.conversation), address);
      if (!this.#isStopped) this.#listener.started(session, answer.value);
      return "done";
    }
    if (start.key !== own.key) return { retryAfterMs: 0 };
    if (answer.kind === "refused") this.#listener.refused(answer.reason, answer.code);
    else this.#listener.refused("The chat could not be started.", "");
    return "done";
  }
}
