// The conversation on the screen: header, thread, and where one writes or starts anew.

import { say } from "./announcer.ts";
import type { ChatMessage, Phase, Snapshot } from "./api.ts";
import { isLooking, showUnreadInTitle } from "./attention.ts";
import { Banner } from "./banner.ts";
import { Composer } from "./composer.ts";
import { button, el, header, initials, setText } from "./dom.ts";
import { endDialog } from "./end_dialog.ts";
import { tellUnread } from "./frame.ts";
import { LiveChat } from "./live_chat.ts";
import { RequestPanel } from "./request_panel.ts";
import type { Screen } from "./screen.ts";
import { count, nextSentence, phaseSentence } from "./sentences.ts";
import type { Session } from "./session.ts";
import { SurveyPanel } from "./survey_panel.ts";
import { Thread } from "./thread.ts";
import { threadItems } from "./thread_items.ts";

/** More new messages than this at once are counted, not read out. */
const READ_OUT_MAX = 3;

export class ChatScreen implements Screen {
  readonly elements: readonly HTMLElement[];
  readonly live: LiveChat;
  readonly #avatar = el("span", { class: "avatar", "aria-hidden": "true", hidden: "" });
  readonly #status = el("p", { class: "status", role: "status" });
  readonly #end: HTMLButtonElement;
  readonly #banner: Banner;
  readonly #thread: Thread;
  readonly #composer: Composer;
  readonly #request: RequestPanel;
  readonly #survey: SurveyPanel;
  readonly #next = el("p", { class: "lead" });
  readonly #startAnew: HTMLElement;
  readonly #dialog: HTMLDialogElement;
  #announcedTyping: string | null = null;

  /** Without a `snapshot` the server is asked for it; `left` gets what the customer wrote and nobody got. */
  constructor(session: Session, snapshot: Snapshot | null, left: (notice: string | null, unsent: string) => void) {
    this.live = new LiveChat(session, snapshot, {
      changed: () => this.update(),
      connected: () => this.#banner.connected(),
      lost: (retryAtMs) => this.#banner.lost(retryAtMs),
      signedOut: () => left("Your earlier chat is no longer available. Please start a new one.", this.#unsent()),
      heard: (messages) => this.#readOut(messages),
      refused: say,
    });
    this.#dialog = endDialog(() => {
      this.#composer.focus();
      void this.live.end();
    });
    this.#end = button("End chat", "button plain end", () => this.#dialog.showModal());
    this.#banner = new Banner("Connection lost. Your messages are kept and will be sent.", () => this.live.wake());
    this.#thread = new Thread({
      moved: () => this.#mark(),
      loadOlder: () => void this.live.loadOlder(),
      retry: (key) => {
        this.live.outbox.retry(key);
        this.#composer.focus();
      },
    });
    this.#composer = new Composer(this.live.draft, {
      send: (text) => {
        this.live.outbox.add(text);
        this.#thread.scrollToEnd();
      },
      typed: (text) => {
        this.live.draft = text;
        if (text !== "") this.live.typed();
      },
    });
    this.#request = new RequestPanel((address) => this.live.leaveAddress(address));
    this.#survey = new SurveyPanel(
      (score, comment) => this.live.rate(score, comment),
      () => this.focus(),
    );
    const anew = button("Start a new chat", "button primary", () => left(null, ""));
    this.#startAnew = el("div", { class: "ended", hidden: "" }, this.#next, this.#request.element, anew, this.#survey.element);
    this.elements = [
      header(this.#status, this.#avatar, this.#end),
      this.#banner.element,
      this.#thread.element,
      this.#composer.element,
      this.#startAnew,
      this.#dialog,
    ];
  }

  shown(): void {
    this.update();
    this.#composer.fit();
    this.live.start();
  }

  leave(): void {
    this.live.stop();
    this.#banner.connected();
  }

  focus(): void {
    if (!this.#startAnew.hidden) this.#startAnew.querySelector<HTMLElement>(":scope > button")?.focus();
    else this.#composer.focus();
  }

  attentionChanged(): void {
    this.#mark();
    if (isLooking()) this.live.wake();
  }

  networkChanged(): void {
    this.live.networkChanged();
  }

  storageChanged(): void {
    this.update();
  }

  update(): void {
    const { chat, outbox } = this.live;
    const outgoing = outbox.list();
    this.#mark();
    this.#thread.show({
      items: threadItems(chat?.messages ?? [], outgoing, chat?.agentRead ?? 0),
      more: chat?.more ?? false,
      isLoadingOlder: this.live.isLoadingOlder,
      unread: this.live.unread,
      typing: this.live.typing,
    });
    this.#showPhase();
    this.#announceTyping();
    this.#reloadIfOutdated(outgoing.length);
  }

  #showPhase(): void {
    const { chat, isEnding } = this.live;
    const phase = chat?.phase ?? null;
    const isClosed = phase?.kind === "closed";
    const agent = phase === null ? null : agentOf(phase);
    this.#avatar.hidden = agent === null;
    setText(this.#avatar, initials(agent ?? ""));
    setText(this.#status, chat ? phaseSentence(chat.phase, chat.notice) : "Connecting…");
    setText(this.#end, isEnding ? "Ending…" : "End chat");
    this.#end.disabled = isEnding;
    this.#end.hidden = chat === null || isClosed;
    if (phase?.kind === "closed") {
      setText(this.#next, nextSentence(phase));
      this.#request.show(phase, this.live.address);
      this.#survey.show(phase);
    }
    if (isClosed === !this.#startAnew.hidden) return;
    const hadFocus = this.#composer.hasFocus() || this.#dialog.open;
    this.#dialog.close();
    this.#composer.element.hidden = isClosed;
    this.#startAnew.hidden = !isClosed;
    if (hadFocus) this.focus();
  }

  #mark(): void {
    this.live.mark(isLooking() && this.#thread.isAtEnd);
    showUnreadInTitle(this.live.unread);
    tellUnread(this.live.unread);
  }

  #readOut(messages: readonly ChatMessage[]): void {
    this.#announcedTyping = null;
    if (messages.length > READ_OUT_MAX) say(count(messages.length, "new message"));
    else for (const message of messages) say(`${message.name}: ${message.text}`);
  }

  /** Says once per answer that someone is typing; the sign itself comes and goes. */
  #announceTyping(): void {
    const { typing } = this.live;
    if (typing === null || typing === this.#announcedTyping) return;
    this.#announcedTyping = typing;
    say(`${typing} is typing`);
  }

  #unsent(): string {
    const texts = this.live.outbox.list().map((message) => message.text);
    return [...texts, this.#composer.text].filter((text) => text !== "").join("\n\n");
  }

  #reloadIfOutdated(outgoing: number): void {
    const isIdle = outgoing === 0 && this.#composer.text === "" && !isLooking();
    if (this.live.isOutdated && isIdle && !this.live.isEnding) location.reload();
  }
}

function agentOf(phase: Phase): string | null {
  return phase.kind === "active" || phase.kind === "transferring" ? phase.agent : null;
}
