// Turns messages into what the thread shows: groups by author, days, and the state of one's own.

import type { ChatMessage } from "./api.ts";
import type { Outgoing } from "./outbox.ts";

export interface ThreadItem {
  /** Its key, where it was sent from here, so it stays the same when a message of one's own is confirmed. */
  readonly id: string;
  readonly from: ChatMessage["from"];
  /** Whose it is; nothing for what is not confirmed. */
  readonly name: string | null;
  readonly text: string;
  readonly atMs: number;
  /** How far a message of one's own has come, where that is to be shown. */
  readonly state: "sending" | "sent" | "read" | null;
  /** Why the server refused it, where it did. */
  readonly refusal: string | null;
  /** Whether a day begins with it. */
  readonly startsDay: boolean;
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
}

/** Messages of one author with a pause of at most this are shown as one group. */
const GROUP_PAUSE_MAX_MS = 5 * 60_000;

type Entry = Omit<ThreadItem, "startsDay" | "startsGroup" | "endsGroup">;

export function threadItems(messages: readonly ChatMessage[], outgoing: readonly Outgoing[], agentRead: number): ThreadItem[] {
  const lastOwn = messages.findLast((message) => message.from === "customer");
  const keys = new Set(messages.map((message) => message.client_key));
  const entries: Entry[] = messages.map((message) => ({
    id: message.client_key ?? message.id,
    from: message.from,
    name: message.name,
    text: message.text,
    atMs: Date.parse(message.at),
    state: message !== lastOwn ? null : message.seq <= agentRead ? "read" : "sent",
    refusal: null,
  }));
  for (const message of outgoing) {
    if (!keys.has(message.key)) entries.push(outgoingEntry(message));
  }
  return entries.map((entry, at) => ({
    ...entry,
    startsDay: !isSameDay(entries[at - 1], entry),
    startsGroup: !isSameGroup(entries[at - 1], entry),
    endsGroup: !isSameGroup(entry, entries[at + 1]),
  }));
}

function outgoingEntry(message: Outgoing): Entry {
  return {
    id: message.key,
    from: "customer",
    name: null,
    text: message.text,
    atMs: message.atMs,
    state: "sending",
    refusal: message.refusal,
  };
}

function isSameDay(left: Entry | undefined, right: Entry): boolean {
  return left !== undefined && new Date(left.atMs).toDateString() === new Date(right.atMs).toDateString();
}

function isSameGroup(left: Entry | undefined, right: Entry | undefined): boolean {
  if (!left || !right || left.refusal !== null || right.refusal !== null) return false;
  return (
    left.from === right.from &&
    left.name === right.name &&
    right.atMs - left.atMs <= GROUP_PAUSE_MAX_MS &&
    isSameDay(left, right)
  );
}
