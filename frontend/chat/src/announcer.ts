// The one place that speaks to a screen reader of its own accord.
//
// The thread itself is silent: it also changes when older messages are loaded or one's own are
// confirmed. The status line is a live region of its own, so it is not repeated here.

import { el } from "./dom.ts";

/** A sentence stays long enough to be read out, and not so long that it is found by browsing. */
const KEPT_MS = 5_000;
const SPOKEN_MAX_CHARS = 500;

export const announcer = el("div", { class: "for-screen-reader", "aria-live": "polite" });

export function say(sentence: string): void {
  const line = el("p", {}, sentence.slice(0, SPOKEN_MAX_CHARS));
  announcer.append(line);
  setTimeout(() => line.remove(), KEPT_MS);
}
