// A box to write in, with its label, and a line for what is wrong with it.

import { el, setText } from "./dom.ts";

/** A labelled box with a line below it for a hint or for what is wrong. */
export class Field<T extends HTMLInputElement | HTMLTextAreaElement> {
  readonly element: HTMLElement;
  readonly #line: HTMLElement;

  constructor(
    id: string,
    label: string,
    readonly input: T,
  ) {
    this.#line = el("p", { id: `${id}-line`, class: "field-line" });
    input.id = id;
    input.required = true;
    input.setAttribute("aria-describedby", this.#line.id);
    this.element = el("div", { class: "field" }, el("label", { for: id }, label), input, this.#line);
  }

  get isWrong(): boolean {
    return this.input.getAttribute("aria-invalid") === "true";
  }

  hint(sentence: string): void {
    this.fail(null);
    setText(this.#line, sentence);
  }

  fail(sentence: string | null): void {
    setText(this.#line, sentence ?? "");
    this.#line.classList.toggle("wrong", sentence !== null);
    if (sentence === null) this.input.removeAttribute("aria-invalid");
    else this.input.setAttribute("aria-invalid", "true");
  }
}
