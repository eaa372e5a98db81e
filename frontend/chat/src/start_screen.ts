// The form that starts a conversation.

import { say } from "./announcer.ts";
import type { Started } from "./api.ts";
import { Banner } from "./banner.ts";
import { el, header, setText } from "./dom.ts";
import { Field } from "./field.ts";
import type { Screen } from "./screen.ts";
import { isTooLong, lengthSentence } from "./sentences.ts";
import { lastName, pendingStarts, type PendingStart, type Session } from "./session.ts";
import { Starter } from "./starter.ts";

/** The longest name the form takes, in characters. */
const NAME_MAX_CHARS = 100;

export class StartScreen implements Screen {
  readonly elements: readonly HTMLElement[];
  readonly #starter: Starter;
  readonly #banner: Banner;
  readonly #notice = el("p", { class: "notice", hidden: "" });
  readonly #name: Field<HTMLInputElement>;
  readonly #text: Field<HTMLTextAreaElement>;
  readonly #submit = el("button", { type: "submit", class: "button primary" }, "Start chat");

  /** `notice` says why there is a form again; `words` are what nobody got. */
  constructor(
    notice: string | null,
    words: string,
    started: (session: Session, answer: Started) => void,
    startedElsewhere: () => void,
  ) {
    const name = el("input", { type: "text", autocomplete: "name", maxlength: String(NAME_MAX_CHARS), enterkeyhint: "next" });
    const text = el("textarea", { rows: "4" });
    this.#name = new Field("name", "Your name", name);
    this.#text = new Field("text", "How can we help?", text);
    name.value = lastName();
    text.value = words;
    text.addEventListener("input", () => this.#text.hint(lengthSentence(text.value)?.text ?? ""));
    this.#banner = new Banner("Connection lost. Your message is kept and will be sent.", () => this.#starter.wake());
    this.#starter = new Starter({
      started,
      startedElsewhere,
      refused: (reason) => this.#refused(reason),
      lost: (retryAtMs) => this.#banner.lost(retryAtMs),
    });
    const form = el(
      "form",
      { class: "start", method: "dialog", novalidate: "" },
      el("p", { class: "lead" }, "Tell us what you need, and someone will write back here."),
      this.#notice,
      this.#name.element,
      this.#text.element,
      this.#submit,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start();
    });
    this.#showNotice(notice);
    this.elements = [
      header(null, null, null),
      this.#banner.element,
      form,
    ];
  }

  shown(): void {
    const pending = pendingStarts()[0];
    if (pending) this.#resume(pending);
  }

  leave(): void {
    this.#starter.stop();
    this.#banner.connected();
  }

  focus(): void {
    (this.#name.input.value === "" ? this.#name : this.#text).input.focus();
  }

  attentionChanged(): void {
    this.#starter.wake();
  }

  networkChanged(): void {
    this.#starter.wake();
  }

  storageChanged(): void {
    // Nothing here comes from another tab.
  }

  #start(): void {
    if (this.#submit.disabled) return;
    const name = this.#name.input.value.trim();
    const text = this.#text.input.value.trim();
    this.#name.fail(name === "" ? "Please enter your name." : null);
    this.#text.fail(text === "" ? "Please write a few words." : isTooLong(text) ? "This is too long to send." : null);
    const wrong = [this.#name, this.#text].find((field) => field.isWrong);
    if (wrong) {
      wrong.input.focus();
      return;
    }
    this.#showBusy(true);
    this.#showNotice(null);
    this.#starter.start(name, text);
  }

  /** A start whose answer never came: the same start again, not a second one. */
  #resume(pending: PendingStart): void {
    this.#name.input.value = pending.name;
    this.#text.input.value = pending.text;
    this.#showBusy(true);
    this.#starter.resume(pending);
  }

  #refused(reason: string): void {
    this.#banner.connected();
    this.#showBusy(false);
    this.#showNotice(reason);
    say(reason);
  }

  #showNotice(sentence: string | null): void {
    this.#notice.hidden = sentence === null;
    setText(this.#notice, sentence ?? "");
  }

  #showBusy(isBusy: boolean): void {
    this.#submit.disabled = isBusy;
    setText(this.#submit, isBusy ? "Starting…" : "Start chat");
    this.#name.input.readOnly = isBusy;
    this.#text.input.readOnly = isBusy;
  }
}
