// What stands below a conversation that has ended where the queue asks: how good it was, and a comment.

import { say } from "./announcer.ts";
import type { Closed } from "./api.ts";
import { el, setText } from "./dom.ts";
import { COMMENT_MAX_CHARS, SCORE_WORDS } from "./sentences.ts";

const QUESTION = "How was this conversation?";
const THANKS = "Thank you for your rating.";

export class SurveyPanel {
  readonly element = el("div", { class: "survey", hidden: "" });
  readonly #thanks = el("p", { class: "lead" }, THANKS);
  readonly #comment = el("textarea", { id: "comment", rows: "2", maxlength: String(COMMENT_MAX_CHARS) });
  readonly #wrong = el("p", { id: "survey-wrong", class: "field-line wrong" });
  readonly #send = el("button", { type: "submit", class: "button" }, "Send rating");
  readonly #form: HTMLFormElement;

  /** `rate` tells the server, and returns why that did not work; `rated` is called once it did. */
  constructor(rate: (score: number, comment: string) => Promise<string | null>, rated: () => void) {
    const choices = SCORE_WORDS.map((word, index) =>
      el("label", {}, el("input", { type: "radio", name: "score", value: String(index + 1) }), word),
    );
    this.#form = el(
      "form",
      { novalidate: "" },
      el(
        "fieldset",
        { role: "radiogroup", "aria-describedby": this.#wrong.id },
        el("legend", {}, QUESTION),
        el("div", { class: "scores" }, ...choices),
      ),
      this.#wrong,
      el("div", { class: "field" }, el("label", { for: this.#comment.id }, "Comment (optional)"), this.#comment),
      this.#send,
    );
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit(rate, rated);
    });
    this.element.append(this.#thanks, this.#form);
  }

  /** Shows how the survey stands; where nothing is asked there is nothing to show. */
  show({ survey }: Closed): void {
    const isNew = survey === "asked" && this.element.hidden;
    this.element.hidden = survey === undefined;
    this.#form.hidden = survey !== "asked";
    this.#thanks.hidden = survey !== "answered";
    if (isNew) say(QUESTION);
  }

  async #submit(
    rate: (score: number, comment: string) => Promise<string | null>,
    rated: () => void,
  ): Promise<void> {
    if (this.#send.disabled) return;
    const score = Number(new FormData(this.#form).get("score") ?? 0);
    if (score === 0) {
      this.#fail("Please choose one of the five.");
      this.#form.querySelector("input")?.focus();
      return;
    }
    this.#send.disabled = true;
    const refusal = await rate(score, this.#comment.value.trim());
    this.#send.disabled = false;
    if (refusal !== null) return this.#fail(refusal);
    say(THANKS);
    rated();
  }

  #fail(sentence: string): void {
    setText(this.#wrong, sentence);
    say(sentence);
  }
}
