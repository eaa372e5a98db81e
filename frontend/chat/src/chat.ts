// What the customer sees of one conversation: the only state that events change.
//
// Pure: it knows no network, clock or document.

import type { ChatEvent, ChatMessage, ChatView, Page, Phase } from "./api.ts";

export class Chat {
  phase: Phase;
  /** The server's own sentence about the last change of phase. */
  notice: string | null = null;
  /** In order of `seq`, without gaps once the stream is current. */
  messages: ChatMessage[];
  /** Whether there are messages before the first one here. */
  more: boolean;
  /** How far the agent has read. */
  agentRead: number;

  constructor(view: ChatView) {
    this.phase = view.phase;
    this.messages = [...view.messages];
    this.more = view.more;
    this.agentRead = view.read;
  }

  get lastSeq(): number {
    return this.messages.at(-1)?.seq ?? 0;
  }

  /** Takes a fresh snapshot, and keeps older messages already loaded where they join it. */
  restart(view: ChatView): void {
    this.phase = view.phase;
    this.notice = null;
    this.agentRead = Math.max(this.agentRead, view.read);
    const first = view.messages[0]?.seq ?? 1;
    const older = this.messages.filter((message) => message.seq < first);
    const joins = older.length > 0 && older.at(-1)?.seq === first - 1;
    if (!joins) this.more = view.more;
    this.messages = [...(joins ? older : []), ...view.messages];
  }

  /** Applies one event; `restart` says that this state cannot take it and must be fetched anew. */
  apply(event: ChatEvent): "applied" | "restart" {
    switch (event.type) {
      case "message_added":
        this.add(event.message);
        return this.#hasGapBefore(event.message.seq) ? "restart" : "applied";
      case "phase_changed":
        this.phase = event.phase;
        this.notice = event.notice;
        return "applied";
      case "marks_changed":
        this.agentRead = Math.max(this.agentRead, event.read);
        return "applied";
      default:
        // An event of a newer server: its effect is in the snapshot.
        return "restart";
    }
  }

  /** Puts a message in its place; one that is there already changes nothing. */
  add(message: ChatMessage): void {
    let at = this.messages.length;
    while (at > 0 && (this.messages[at - 1]?.seq ?? 0) > message.seq) at -= 1;
    if (this.messages[at - 1]?.seq === message.seq) return;
    this.messages.splice(at, 0, message);
  }

  prepend(page: Page): void {
    for (const message of page.messages) this.add(message);
    this.more = page.more;
  }

  moveInLine(position: number | null, waitSecs: number | null): void {
    if (this.phase.kind !== "waiting") return;
    this.phase = { ...this.phase, position, wait_secs: waitSecs };
  }

  end(): void {
    if (this.phase.kind === "closed") return;
    this.phase = { kind: "closed", by: "customer", request: null, answer: null };
    this.notice = null;
  }

  /** The customer's rating has arrived. */
  rated(): void {
    if (this.phase.kind === "closed") this.phase = { ...this.phase, survey: "answered" };
  }

  /** Shows a sentence of the server's that changes nothing. */
  tell(text: string): void {
    this.notice = text;
  }

  hasKey(key: string): boolean {
    return this.messages.some((message) => message.client_key === key);
  }

  /** How many messages of agents come after `seq`. */
  unreadAfter(seq: number): number {
    return this.messages.filter((message) => message.from !== "customer" && message.seq > seq).length;
  }

  #hasGapBefore(seq: number): boolean {
    const at = this.messages.findIndex((message) => message.seq === seq);
    const first = this.messages[0]?.seq ?? seq;
    return at !== seq - first;
  }
}
