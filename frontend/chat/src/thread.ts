// Shows the messages: newest at the bottom, held there while the customer is there.

import { button, el, initials, setText } from "./dom.ts";
import { splitLinks } from "./links.ts";
import type { ThreadItem } from "./thread_items.ts";

export interface ThreadListener {
  /** The customer came to the newest message, or left it. */
  moved(): void;
  loadOlder(): void;
  retry(key: string): void;
}

export interface ThreadView {
  readonly items: readonly ThreadItem[];
  readonly more: boolean;
  readonly isLoadingOlder: boolean;
  readonly unread: number;
  /** Who is typing. */
  readonly typing: string | null;
}

/** This near to the end counts as being there. */
const AT_END_PX = 48;
/** This near to the top, older messages are loaded. */
const NEAR_TOP_PX = 200;

const STATE_WORDS = { sending: "Sending…", sent: "Sent", read: "Read" } as const;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });

export class Thread {
  readonly element: HTMLElement;
  readonly #listener: ThreadListener;
  readonly #log = el("div", { class: "log", role: "log", "aria-label": "Messages", "aria-live": "off", tabindex: "0" });
  readonly #list = el("ul", { class: "messages" });
  readonly #older: HTMLButtonElement;
  readonly #latest: HTMLButtonElement;
  readonly #typing = el("li", { class: "typing", hidden: "" });
  readonly #typingText = el("span");
  readonly #messages = new Map<string, MessageElement>();
  readonly #days = new Map<string, HTMLElement>();
  #isAtEnd = true;

  constructor(listener: ThreadListener) {
    this.#listener = listener;
    this.#older = button("Show earlier messages", "button plain older", () => listener.loadOlder());
    this.#older.hidden = true;
    this.#latest = button("Latest messages", "button latest", () => {
      this.scrollToEnd();
      this.#log.focus({ preventScroll: true });
    });
    this.#latest.hidden = true;
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.#typing.append(dots, this.#typingText);
    this.#list.append(this.#typing);
    this.#log.append(this.#older, this.#list);
    this.element = el("div", { class: "thread" }, this.#log, this.#latest);
    this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => this.#keepEnd());
    sizes.observe(this.#log);
    sizes.observe(this.#list);
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  show({ items, more, isLoadingOlder, unread, typing }: ThreadView): void {
    const fromEnd = this.#log.scrollHeight - this.#log.scrollTop;
    const before = this.#list.firstElementChild;
    this.#older.hidden = !more;
    setText(this.#older, isLoadingOlder ? "Loading…" : "Show earlier messages");
    this.#typing.hidden = typing === null;
    setText(this.#typingText, typing === null ? "" : `${typing} is typing…`);
    this.#place(items);
    setText(this.#latest, unread > 0 ? "New messages" : "Latest messages");
    this.#keepEnd();
    // Older messages above must not move what is being read.
    const grewAbove = before !== null && this.#list.firstElementChild !== before;
    if (!this.#isAtEnd && grewAbove) this.#log.scrollTop = this.#log.scrollHeight - fromEnd;
  }

  scrollToEnd(): void {
    this.#isAtEnd = true;
    this.#keepEnd();
    this.#listener.moved();
  }

  /** Puts every row in its place and touches only rows that changed. */
  #place(items: readonly ThreadItem[]): void {
    const shown = new Set<Element>([this.#typing]);
    let next: Element | null = this.#list.firstElementChild;
    const put = (row: HTMLElement): void => {
      shown.add(row);
      if (row === next) next = row.nextElementSibling;
      else this.#list.insertBefore(row, next);
    };
    for (const item of items) {
      if (item.startsDay) put(this.#day(item.atMs));
      put(this.#message(item));
    }
    for (const row of [...this.#list.children]) if (!shown.has(row)) row.remove();
    for (const [id, message] of this.#messages) if (!shown.has(message.element)) this.#messages.delete(id);
  }

  #message(item: ThreadItem): HTMLElement {
    let message = this.#messages.get(item.id);
    if (!message) {
      message = new MessageElement(item, this.#listener);
      this.#messages.set(item.id, message);
    }
    message.update(item);
    return message.element;
  }

  #day(atMs: number): HTMLElement {
    const date = new Date(atMs);
    const key = date.toDateString();
    let row = this.#days.get(key);
    if (!row) {
      row = el("li", { class: "day" });
      this.#days.set(key, row);
    }
    setText(row, dayName(date, new Date()));
    return row;
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    if (clientHeight === 0) return;
    const leftPx = scrollHeight - scrollTop - clientHeight;
    this.#isAtEnd = leftPx <= AT_END_PX;
    this.#latest.hidden = this.#isAtEnd;
    if (scrollTop < NEAR_TOP_PX && !this.#older.hidden && !this.#isAtEnd) this.#listener.loadOlder();
    this.#listener.moved();
  }

  #keepEnd(): void {
    if (this.#isAtEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }
}

class MessageElement {
  readonly element: HTMLElement;
  readonly #listener: ThreadListener;
  readonly #author = el("span");
  readonly #avatar = el("span", { class: "avatar", "aria-hidden": "true" });
  readonly #bubble: HTMLElement;
  readonly #meta = el("p", { class: "meta" });
  #shown = "";

  constructor(item: ThreadItem, listener: ThreadListener) {
    this.#listener = listener;
    this.#bubble = el("p", { class: "bubble", dir: "auto", id: `message-${item.id}` }, ...textNodes(item.text));
    setText(this.#author, item.from === "customer" ? "You" : (item.name ?? ""));
    setText(this.#avatar, initials(item.name ?? ""));
    this.element = el(
      "li",
      { class: `message ${item.from === "customer" ? "customer" : "agent"}` },
      item.from !== "customer" ? this.#avatar : null,
      this.#author,
      this.#bubble,
      this.#meta,
    );
  }

  update(item: ThreadItem): void {
    const shown = JSON.stringify([item.state, item.refusal, item.startsGroup, item.endsGroup, item.atMs]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.classList.toggle("starts", item.startsGroup);
    this.element.classList.toggle("ends", item.endsGroup);
    this.#author.className = item.startsGroup && item.from !== "customer" ? "author" : "for-screen-reader";
    this.#meta.hidden = !item.endsGroup;
    this.#meta.replaceChildren(...(item.endsGroup ? this.#metaNodes(item) : []));
  }

  #metaNodes(item: ThreadItem): (Node | string)[] {
    if (item.refusal !== null) {
      const again = button("Retry", "button plain retry", () => this.#listener.retry(item.id));
      again.setAttribute("aria-describedby", this.#bubble.id);
      return [el("span", { class: "wrong" }, "Not sent — "), again, el("span", { class: "reason" }, item.refusal)];
    }
    const time = el("time", { datetime: new Date(item.atMs).toISOString() }, clock.format(item.atMs));
    return item.state ? [time, " · ", el("span", { class: item.state }, STATE_WORDS[item.state])] : [time];
  }
}

function textNodes(text: string): (Node | string)[] {
  return splitLinks(text).map((part) =>
    part.href === null
      ? part.text
      : el("a", { href: part.href, target: "_blank", rel: "noopener nofollow" }, part.text),
  );
}

function dayName(date: Date, today: Date): string {
  const yesterday = new Date(today);
  yesterday.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return "Today";
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return calendar.format(date);
}
