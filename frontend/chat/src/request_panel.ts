// What stands below a conversation that ended with a request: where the answer will come, or the answer.

import { say } from "./announcer.ts";
import type { Closed } from "./api.ts";
import { button, el, setText } from "./dom.ts";
import { Field } from "./field.ts";
import { ADDRESS_HINT, addressSentence } from "./sentences.ts";

export class RequestPanel {
  readonly element = el("div", { class: "request", hidden: "" });
  readonly #answer = el("p", { class: "answer" });
  readonly #address = el("span");
  readonly #known = el("p", { class: "lead" }, this.#address);
  readonly #field: Field<HTMLInputElement>;
  readonly #send = el("button", { type: "submit", class: "button" }, "Send");
  readonly #form: HTMLFormElement;
  readonly #leave: (address: string) => Promise<string | null>;
  #isChanging = false;

  /** `leave` says where the answer is to be sent, and returns why that did not work. */
  constructor(leave: (address: string) => Promise<string | null>) {
    this.#leave = leave;
    const input = el("input", { type: "email", autocomplete: "email", enterkeyhint: "send" });
    this.#field = new Field("email", "Email", input);
    input.addEventListener("input", () => this.#hint());
    this.#hint();
    this.#form = el(
      "form",
      { method: "dialog", novalidate: "" },
      this.#field.element,
      this.#send,
    );
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#known.append(
      button("Change", "button plain", () => {
        this.#isChanging = true;
        this.#showForm(true);
        input.focus();
      }),
    );
    this.element.append(this.#answer, this.#known, this.#form);
  }

  /** Shows how the request stands; without one there is nothing to show. */
  show({ request, answer }: Closed, address: string | null): void {
    this.element.hidden = request === null;
    this.#answer.hidden = answer === null;
    setText(this.#answer, answer ?? "");
    if (address !== null) setText(this.#address, addressSentence(address));
    if (answer !== null) this.#known.hidden = this.#form.hidden = true;
    else this.#showForm(address === null || this.#isChanging);
  }

  #showForm(isShown: boolean): void {
    if (isShown && this.#form.hidden) this.#hint();
    this.#form.hidden = !isShown;
    this.#known.hidden = isShown;
  }

  #hint(): void {
    this.#field.hint(ADDRESS_HINT);
  }

  async #submit(): Promise<void> {
    const { input } = this.#field;
    const address = input.value.trim();
    if (this.#send.disabled) return;
    if (address === "" || !input.validity.valid) {
      this.#field.fail("Please enter an e-mail address.");
      input.focus();
      return;
    }
    this.#send.disabled = true;
    const refusal = await this.#leave(address);
    this.#send.disabled = false;
    if (refusal === null) {
      this.#isChanging = false;
      this.#showForm(false);
      say(addressSentence(address));
      this.#known.querySelector("button")?.focus();
      return;
    }
    this.#field.fail(refusal);
    say(refusal);
    input.focus();
  }
}
