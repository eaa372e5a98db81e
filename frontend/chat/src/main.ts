// The customer's page: shows the start form or the conversation, and goes from one to the other.

import { announcer } from "./announcer.ts";
import type { Started } from "./api.ts";
import { setShown, showUnreadInTitle, watchAttention } from "./attention.ts";
import { ChatScreen } from "./chat_screen.ts";
import { askToClose, listenToParent, tellUnread } from "./frame.ts";
import type { Screen } from "./screen.ts";
import { forgetPendingStart, forgetSession, isSessionKey, pendingStarts, savedSession, type Session } from "./session.ts";
import { StartScreen } from "./start_screen.ts";
import { fitToVisibleArea } from "./visible_area.ts";

function run(root: HTMLElement): void {
  let screen: Screen | null = null;
  let token: string | null = null;

  const show = (next: Screen): void => {
    screen?.leave();
    screen = next;
    root.replaceChildren(...next.elements, announcer);
    next.shown();
  };

  const open = (notice: string | null = null, text = ""): void => {
    const session = savedSession();
    if (session) showChat(session, null);
    else showStart(notice, text);
  };

  const showStart = (notice: string | null, text: string): void => {
    token = null;
    showUnreadInTitle(0);
    tellUnread(0);
    const started = (session: Session, answer: Started): void => {
      showChat(session, answer);
      screen?.focus();
    };
    show(new StartScreen(notice, text, started, open));
  };

  const showChat = (session: Session, snapshot: Started | null): void => {
    token = session.token;
    const chat = new ChatScreen(session, snapshot, (notice, unsent) => {
      forgetSession(session.token);
      open(notice, unsent);
      screen?.focus();
    });
    show(chat);
    // Two tabs may start at once; the later one's words go into the conversation of the first.
    for (const pending of pendingStarts()) {
      forgetPendingStart(pending.key);
      if (pending.key !== session.key) chat.live.outbox.add(pending.text);
    }
  };

  watchAttention(() => screen?.attentionChanged());
  listenToParent((message) => {
    setShown(message.baton === "shown");
    screen?.attentionChanged();
    if (message.baton !== "shown") return;
    root.classList.toggle("covered", message.covered);
    // On a phone the focus would open the keyboard over the conversation.
    if (matchMedia("(pointer: fine)").matches) screen?.focus();
  });
  window.addEventListener("online", () => screen?.networkChanged());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) screen?.networkChanged();
  });
  window.addEventListener("storage", ({ key }) => {
    if (!isSessionKey(key)) screen?.storageChanged();
    else if ((savedSession()?.token ?? null) !== token) open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open]")) askToClose();
  });
  fitToVisibleArea(root);
  open();
}

const root = document.querySelector("main");
if (root) run(root);
