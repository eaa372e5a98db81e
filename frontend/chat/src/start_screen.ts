// The form that starts a conversation.

import { say } from "./announcer.ts";
import { opening, type Started } from "./api.ts";
import { Banner } from "./banner.ts";
import { el, header, setText } from "./dom.ts";
import { Field } from "./field.ts";
import type { Screen } from "./screen.ts";
import { ADDRESS_HINT, closedSentence, fullSentence, isTooLong, lengthSentence } from "./sentences.ts";
import { lastName, pendingStarts, type PendingStart, type Session } from "./session.ts";
import { Starter } from "./starter.ts";

/** The longest name the form takes, in characters. */
const NAME_MAX_CHARS = 100;

/** What the form is for while conversations can be opened. */
const LEAD = "Tell us what you need, and someone will write back here.";

/** How long after it was closed or full it is asked again. */
const ASK_AGAIN_MS = 60_000;

export class StartScreen implements Screen {
  readonly elements: readonly HTMLElement[];
  readonly #starter: Starter;
  readonly #banner: Banner;
  readonly #notice = el("p", { class: "notice", hidden: "" });
  readonly #name: Field<HTMLInputElement>;
  readonly #text: Field<HTMLTextAreaElement>;
  readonly #address: Field<HTMLInputElement>;
  readonly #lead = el("p", { class: "lead" }, LEAD);
  readonly #submit = el("button", { type: "submit", class: "button primary" }, "Start chat");
  /** Whether a message can be left instead of starting a conversation. */
  #isOffline = false;
  #isLeft = false;
  #askAgain: ReturnType<typeof setTimeout> | undefined;

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
    const address = el("input", { type: "email", autocomplete: "email", enterkeyhint: "next" });
    this.#address = new Field("email", "Email", address);
    this.#address.hint(ADDRESS_HINT);
    this.#address.element.hidden = true;
    this.#text = new Field("text", "How can we help?", text);
    name.value = lastName();
    text.value = words;
    text.addEventListener("input", () => this.#text.hint(lengthSentence(text.value)?.text ?? ""));
    this.#banner = new Banner("Connection lost. Your message is kept and will be sent.", () => this.#starter.wake());
    this.#starter = new Starter({
      started,
      startedElsewhere,
      refused: (reason, code) => this.#refused(reason, code),
      lost: (retryAtMs) => this.#banner.lost(retryAtMs),
    });
    const form = el(
      "form",
      { class: "start", method: "dialog", novalidate: "" },
      this.#lead,
      this.#notice,
      this.#name.element,
      this.#address.element,
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
    else void this.#askWhetherOpen();
  }

  leave(): void {
    this.#isLeft = true;
    clearTimeout(this.#askAgain);
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
    const address = this.#isOffline ? this.#address.input.value.trim() : null;
    const isNoAddress = address !== null && (address === "" || !this.#address.input.validity.valid);
    if (isNoAddress) this.#address.fail("Please enter an e-mail address.");
    else this.#address.hint(ADDRESS_HINT);
    const wrong = [this.#name, this.#address, this.#text].find((field) => field.isWrong);
    if (wrong) {
      wrong.input.focus();
      return;
    }
    this.#showBusy(true);
    this.#showNotice(null);
    this.#starter.start(name, text, address);
  }

  /** A start whose answer never came: the same start again, not a second one. */
  #resume(pending: PendingStart): void {
    this.#name.input.value = pending.name;
    if (pending.address) {
      this.#address.input.value = pending.address;
      this.#showOffline(closedSentence(null));
    }
    this.#text.input.value = pending.text;
    this.#showBusy(true);
    this.#starter.resume(pending);
  }

  async #askWhetherOpen(): Promise<void> {
    const answer = await opening();
    if (this.#isLeft || this.#submit.disabled) return;
    if (answer.kind === "ok" && answer.value.open) this.#showOnline();
    else if (answer.kind === "ok") this.#showOffline(closedSentence(answer.value.opens_at));
    else if (this.#isOffline) this.#askLater();
  }

  #askLater(): void {
    clearTimeout(this.#askAgain);
    this.#askAgain = setTimeout(() => void this.#askWhetherOpen(), ASK_AGAIN_MS);
  }

  /** Whoever is writing an address goes on with what they began. */
  #showOnline(): void {
    const { input, element } = this.#address;
    if (!this.#isOffline) return;
    if (input.value !== "" || input === document.activeElement) return this.#askLater();
    this.#isOffline = false;
    element.hidden = true;
    setText(this.#lead, LEAD);
    this.#showBusy(false);
  }

  /** What was written stays; only the address is asked for as well. */
  #showOffline(sentence: string): void {
    this.#isOffline = true;
    this.#address.element.hidden = false;
    setText(this.#lead, sentence);
    this.#showBusy(this.#submit.disabled);
    this.#askLater();
  }

  #refused(reason: string, code: string): void {
    this.#banner.connected();
    this.#showBusy(false);
    if (code === "queue_closed" || code === "queue_full") {
      const sentence = code === "queue_closed" ? closedSentence(null) : fullSentence();
      this.#showOffline(sentence);
      say(sentence);
      this.#address.input.focus();
      return;
    }
    this.#showNotice(reason);
    say(reason);
  }

  #showNotice(sentence: string | null): void {
    this.#notice.hidden = sentence === null;
    setText(this.#notice, sentence ?? "");
  }

  #showBusy(isBusy: boolean): void {
    this.#submit.disabled = isBusy;
    const [label, busyLabel] = this.#isOffline ? ["Leave message", "Sending…"] : ["Start chat", "Starting…"];
    setText(this.#submit, isBusy ? busyLabel : label);
    this.#address.input.readOnly = isBusy;
    this.#name.input.readOnly = isBusy;
    this.#text.input.readOnly = isBusy;
  }
}
