// Whether the customer is looking at the chat, and the unread count in the title where not.

import { unreadTitle } from "./sentences.ts";

const TITLE = "Chat";

let isShown = true;

export function watchAttention(changed: () => void): void {
  document.addEventListener("visibilitychange", changed);
  window.addEventListener("focus", changed);
  window.addEventListener("blur", changed);
}

/** A page around the frame may hide it while the document still counts as visible. */
export function setShown(shown: boolean): void {
  isShown = shown;
}

export function isLooking(): boolean {
  return isShown && document.visibilityState === "visible" && document.hasFocus();
}

export function showUnreadInTitle(unread: number): void {
  document.title = unreadTitle(TITLE, isLooking() ? 0 : unread);
}
