// Says that the connection is lost, what that means, and when the next try comes.

import { say } from "./announcer.ts";
import { button, el, setText } from "./dom.ts";
import { retrySentence } from "./sentences.ts";

/** A loss shorter than this is not worth a sentence. */
const UNNOTICED_MS = 1_500;

export class Banner {
  readonly element: HTMLElement;
  readonly #sentence: string;
  readonly #retryText = el("span");
  #lostAtMs = 0;
  #retryAtMs = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(sentence: string, tryNow: () => void) {
    this.#sentence = sentence;
    this.element = el(
      "div",
      { class: "banner", hidden: "" },
      el("p", {}, sentence, " ", this.#retryText),
      button("Try now", "button plain", tryNow),
    );
  }

  lost(retryAtMs: number): void {
    this.#retryAtMs = retryAtMs;
    if (this.#timer === null) {
      this.#lostAtMs = Date.now();
      this.#timer = setInterval(() => this.#tick(), 500);
    }
    this.#tick();
  }

  connected(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.element.hidden) return;
    this.element.hidden = true;
    say("Connected again.");
  }

  #tick(): void {
    const nowMs = Date.now();
    setText(this.#retryText, retrySentence(this.#retryAtMs - nowMs));
    if (!this.element.hidden || nowMs - this.#lostAtMs < UNNOTICED_MS) return;
    this.element.hidden = false;
    say(this.#sentence);
  }
}
