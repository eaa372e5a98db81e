// Where the customer writes: a text box that grows, and a button.

import { el, setText } from "./dom.ts";
import { isTooLong, lengthSentence } from "./sentences.ts";

export interface ComposerListener {
  send(text: string): void;
  typed(text: string): void;
}

export class Composer {
  readonly element: HTMLFormElement;
  readonly #input = el("textarea", {
    "aria-label": "Message",
    "aria-describedby": "length",
    rows: "1",
    placeholder: "Write a message…",
    enterkeyhint: "send",
    autocomplete: "off",
  });
  readonly #length = el("p", { id: "length", class: "length", hidden: "" });
  readonly #listener: ComposerListener;

  constructor(draft: string, listener: ComposerListener) {
    this.#listener = listener;
    const send = el("button", { type: "submit", class: "button send", "aria-label": "Send" });
    this.element = el(
      "form",
      { class: "composer", method: "dialog", novalidate: "" },
      el("div", { class: "composer-field" }, this.#input, send),
      this.#length,
    );
    this.#input.value = draft;
    this.#input.addEventListener("input", () => this.#changed());
    this.#input.addEventListener("keydown", (event) => {
      // While a word is being composed, Enter belongs to the input method.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#send();
    });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
      this.focus();
    });
  }

  get text(): string {
    return this.#input.value;
  }

  focus(): void {
    this.#input.focus({ preventScroll: true });
  }

  hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }

  /** Fits the box to its text; to be called once it is in the document. */
  fit(): void {
    this.#input.style.height = "auto";
    this.#input.style.height = `${this.#input.scrollHeight}px`;
    const length = lengthSentence(this.#input.value);
    this.#length.hidden = length === null;
    this.#length.classList.toggle("wrong", length?.tooLong ?? false);
    setText(this.#length, length?.text ?? "");
    if (length?.tooLong) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
  }

  #changed(): void {
    this.fit();
    this.#listener.typed(this.#input.value);
  }

  #send(): void {
    const text = this.#input.value.trim();
    if (text === "" || isTooLong(text)) return;
    this.#input.value = "";
    this.#changed();
    this.#listener.send(text);
  }
}
