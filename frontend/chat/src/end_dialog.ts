// Asks before a conversation is ended: the customer's place and agent are gone after it.

import { button, el } from "./dom.ts";

export function endDialog(end: () => void): HTMLDialogElement {
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "end-title", "aria-describedby": "end-text" });
  const close = (): void => dialog.close();
  const confirm = button("End now", "button danger", () => {
    close();
    end();
  });
  // The first button gets the focus, so it is the one that changes nothing.
  const keep = button("Keep chatting", "button", close);
  dialog.append(
    el(
      "div",
      { class: "dialog-body" },
      el("h2", { id: "end-title" }, "End this chat?"),
      el("p", { id: "end-text" }, "You can start a new one at any time."),
      el("div", { class: "dialog-buttons" }, keep, confirm),
    ),
  );
  // A press beside the dialog closes it, as it would any sheet.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) close();
  });
  return dialog;
}
