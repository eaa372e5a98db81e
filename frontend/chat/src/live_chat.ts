// One conversation, kept current and acted on: the stream in, the outbox and marks out.
//
// It has no elements; the screen reads its state after every `changed`.

import { CustomerApi, type ChatEvent, type ChatMessage, type Snapshot } from "./api.ts";
import { Pause } from "./backoff.ts";
import { Chat } from "./chat.ts";
import { exclusively } from "./exclusive.ts";
import { newKey } from "./keys.ts";
import { Marks } from "./marks.ts";
import { Outbox, type Delivery, type Outgoing } from "./outbox.ts";
import { ofConversation, type Session } from "./session.ts";
import type { ServerEvent } from "./sse.ts";
import { storage } from "./storage.ts";
import { EventStream } from "./stream.ts";

export interface LiveChatListener {
  changed(): void;
  connected(): void;
  lost(retryAtMs: number): void;
  signedOut(): void;
  /** Someone else's new messages. */
  heard(messages: readonly ChatMessage[]): void;
  /** The server did not do what was asked. */
  refused(reason: string): void;
}

/** How long a sign of typing is shown. */
const TYPING_SHOWN_MS = 5_000;
/** The shortest time between two signs of one's own typing. */
const TYPING_PAUSE_MS = 3_000;

export class LiveChat {
  /** `null` until the first snapshot. */
  chat: Chat | null = null;
  /** Who is typing. */
  typing: string | null = null;
  isEnding = false;
  isLoadingOlder = false;
  /** The server is of another build than the one this page came from. */
  isOutdated = false;

  readonly outbox: Outbox;
  readonly #api: CustomerApi;
  readonly #conversation: string;
  readonly #listener: LiveChatListener;
  readonly #stream: EventStream;
  readonly #marks: Marks;
  readonly #closing = new Pause();
  #build: string | null = null;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #typingSentAtMs = 0;
  #isStopped = false;

  constructor(session: Session, snapshot: Snapshot | null, listener: LiveChatListener) {
    this.#api = new CustomerApi(session.token);
    this.#conversation = session.conversation;
    this.#listener = listener;
    if (snapshot) this.chat = new Chat(snapshot.chat);
    this.outbox = new Outbox({
      storage,
      prefix: ofConversation(session.conversation, "out."),
      send: (message) => this.#send(message),
      exclusively: (work) => exclusively("baton-outbox", work),
      newKey,
      changed: () => listener.changed(),
    });
    this.#marks = new Marks(async (delivered, read) => (await this.#api.mark(delivered, read)).kind !== "unreachable");
    this.#stream = new EventStream(
      this.#api,
      snapshot?.cursor ?? null,
      {
        started: (fresh) => this.#started(fresh),
        received: (event) => this.#received(event),
        connected: () => this.#connected(),
        lost: (retryAtMs) => listener.lost(retryAtMs),
        signedOut: () => this.#signedOut(),
      },
    );
  }

  start(): void {
    void this.#stream.run();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stream.stop();
    this.outbox.stop();
    this.#marks.stop();
    this.#closing.wake();
    clearTimeout(this.#typingTimer);
  }

  /** Tries at once whatever is waiting for its next try. */
  wake(): void {
    this.#stream.wake();
    void this.outbox.flush();
    this.#closing.wake();
  }

  /** The network changed under the stream. */
  networkChanged(): void {
    this.#stream.reconnect();
    this.wake();
  }

  get draft(): string {
    return storage.get(this.#place("draft")) ?? "";
  }

  set draft(text: string) {
    if (text === "") storage.remove(this.#place("draft"));
    else storage.set(this.#place("draft"), text);
  }

  get unread(): number {
    return this.chat?.unreadAfter(this.#readSeq) ?? 0;
  }

  /** Notes what has arrived, and what has been read where the customer is looking at it. */
  mark(isReading: boolean): void {
    const last = this.chat?.lastSeq ?? 0;
    if (isReading && last > this.#readSeq) storage.set(this.#place("read"), String(last));
    // Nobody asks any more how far an ended conversation was read, and the server refuses to hear it.
    if (this.chat?.phase.kind === "closed") this.#marks.stop();
    else this.#marks.update(last, this.#readSeq);
  }

  /** Tells the agent that the customer is writing. */
  typed(): void {
    const nowMs = Date.now();
    const kind = this.chat?.phase.kind;
    if (kind !== "active" && kind !== "transferring") return;
    if (nowMs - this.#typingSentAtMs < TYPING_PAUSE_MS) return;
    this.#typingSentAtMs = nowMs;
    void this.#api.typing();
  }

  async loadOlder(): Promise<void> {
    const first = this.chat?.messages[0]?.seq;
    if (!this.chat?.more || this.isLoadingOlder || first === undefined) return;
    this.isLoadingOlder = true;
    this.#listener.changed();
    const answer = await this.#api.olderMessages(first);
    this.isLoadingOlder = false;
    if (answer.kind === "ok") this.chat.prepend(answer.value);
    if (answer.kind === "refused") this.#listener.refused(answer.reason);
    this.#changed();
  }

  /** Ends the conversation, after all that was written before has been sent. */
  async end(): Promise<void> {
    if (this.isEnding) return;
    this.isEnding = true;
    this.#listener.changed();
    await this.outbox.flush();
    const key = newKey();
    await this.#closing.persist(async () => {
      const answer = this.#isStopped ? null : await this.#api.close(key);
      if (answer?.kind === "unreachable") return answer;
      if (answer?.kind === "ok") this.chat?.end();
      if (answer?.kind === "refused") this.#listener.refused(answer.reason);
      return "done";
    });
    this.isEnding = false;
    this.#changed();
  }

  /** Where the answer to the request is to be sent, as far as the customer said so in this browser. */
  get address(): string | null {
    return storage.get(this.#place("address"));
  }

  /** Says where the answer is to be sent; returns why that did not work, or `null`. */
  async leaveAddress(address: string): Promise<string | null> {
    const answer = await this.#api.leaveAddress(address, newKey());
    if (answer.kind === "refused") return answer.reason;
    if (answer.kind === "signed_out") this.#signedOut();
    if (answer.kind !== "ok") return "That did not reach us. Please try again.";
    storage.set(this.#place("address"), address);
    this.#changed();
    return null;
  }

  /** Says how good the conversation was; returns why that did not work, or `null`. */
  async rate(score: number, comment: string): Promise<string | null> {
    const answer = await this.#api.rate(score, comment, newKey());
    if (answer.kind === "signed_out") this.#signedOut();
    // An answer may have been lost on its way here: what counts is that the server has it.
    const isTaken = answer.kind === "ok" || (answer.kind === "refused" && answer.code === "rated_already");
    if (!isTaken) return answer.kind === "refused" ? answer.reason : "That did not reach us. Please try again.";
    this.chat?.rated();
    this.#changed();
    return null;
  }

  get #readSeq(): number {
    return Number(storage.get(this.#place("read")) ?? 0);
  }

  #place(what: string): string {
    return ofConversation(this.#conversation, what);
  }

  async #send(message: Outgoing): Promise<Delivery> {
    const answer = await this.#api.sendMessage(message.text, message.key);
    if (answer.kind === "signed_out") this.#signedOut();
    if (answer.kind !== "ok") return answer;
    this.chat?.add(answer.value);
    return { kind: "delivered" };
  }

  #started(snapshot: Snapshot): void {
    const before = this.chat?.lastSeq ?? null;
    if (this.chat) this.chat.restart(snapshot.chat);
    else this.chat = new Chat(snapshot.chat);
    for (const message of this.outbox.list()) if (this.chat.hasKey(message.key)) this.outbox.confirm(message.key);
    this.#changed();
    if (before !== null) this.#heard(snapshot.chat.messages.filter((message) => message.seq > before));
  }

  #connected(): void {
    this.#listener.connected();
    void this.outbox.flush();
    this.#closing.wake();
    this.#changed();
  }

  #received(event: ServerEvent): "applied" | "restart" {
    switch (event.name) {
      case "hello":
        this.#greeted((JSON.parse(event.data) as { build: string }).build);
        return "applied";
      case "chat":
        return this.#apply(JSON.parse(event.data) as ChatEvent[]);
      case "line": {
        const line = JSON.parse(event.data) as { position: number | null; wait_secs: number | null };
        this.chat?.moveInLine(line.position, line.wait_secs);
        this.#changed();
        return "applied";
      }
      case "notice":
        this.chat?.tell((JSON.parse(event.data) as { text: string }).text);
        this.#changed();
        return "applied";
      case "typing":
        this.#showTyping((JSON.parse(event.data) as { name: string }).name);
        return "applied";
      case "heartbeat":
        return "applied";
      default:
        // `restart`, or an event of a newer server.
        return "restart";
    }
  }

  #apply(events: readonly ChatEvent[]): "applied" | "restart" {
    const before = this.chat?.lastSeq ?? 0;
    const added: ChatMessage[] = [];
    for (const event of events) {
      if (this.chat?.apply(event) !== "applied") return "restart";
      if (event.type === "message_added") added.push(event.message);
    }
    for (const message of added) if (message.client_key !== null) this.outbox.confirm(message.client_key);
    const isSaid = added.some((message) => message.from !== "customer");
    // Who was typing may have left with the phase, and a conversation that has ended gets no answer.
    if (isSaid || events.some((event) => event.type === "phase_changed")) this.#showTyping(null);
    this.#changed();
    this.#heard(added.filter((message) => message.seq > before));
    return "applied";
  }

  #heard(messages: readonly ChatMessage[]): void {
    const others = messages.filter((message) => message.from !== "customer");
    if (others.length > 0) this.#listener.heard(others);
  }

  #greeted(build: string): void {
    this.#build ??= build;
    if (build === this.#build) return;
    this.isOutdated = true;
    this.#changed();
  }

  #showTyping(name: string | null): void {
    clearTimeout(this.#typingTimer);
    this.typing = name;
    if (name !== null) this.#typingTimer = setTimeout(() => this.#showTyping(null), TYPING_SHOWN_MS);
    this.#changed();
  }

  #signedOut(): void {
    if (!this.#isStopped) this.#listener.signedOut();
  }

  #changed(): void {
    if (!this.#isStopped) this.#listener.changed();
  }
}
