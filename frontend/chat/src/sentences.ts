// Every sentence that depends on what is happening. Fixed labels stand where they are used.

import { type Closed, MESSAGE_MAX_CHARS, type Phase } from "./api.ts";

/** Says what is happening, for the status line. A notice of the server's comes first. */
export function phaseSentence(phase: Phase, notice: string | null): string {
  if (phase.kind === "closed") return endSentence(phase);
  const parts = notice ? [notice] : [];
  if (phase.kind === "waiting") {
    parts.push(phase.position === null ? "You are in line" : `You are number ${phase.position} in line`);
    if (phase.wait_secs !== null) parts.push(waitSentence(phase.wait_secs));
  } else if (!notice) {
    parts.push(phase.kind === "active" ? `${phase.agent} is here` : `Transferring you to ${phase.to}`);
  }
  return parts.join(" · ");
}

function endSentence({ request, answer }: Closed): string {
  if (request === null) return "The conversation has ended";
  if (answer !== null) return `Your request number ${request} is answered`;
  return `Your request number is ${request}. We will answer later.`;
}

/** Says that nobody can be talked to now, and until when, in the customer's own time. */
export function closedSentence(opensAt: string | null): string {
  if (opensAt === null) return `Nobody is free to chat at the moment. ${LEAVE_A_MESSAGE}`;
  const when = new Date(opensAt).toLocaleString(undefined, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
  return `We are closed until ${when}. ${LEAVE_A_MESSAGE}`;
}

/** Says that too many people wait to be talked to. */
export function fullSentence(): string {
  return `Many people are waiting already. ${LEAVE_A_MESSAGE}`;
}

const LEAVE_A_MESSAGE = "Leave a message: you get a number, and find the answer here when you return. We also need your e-mail address.";

/** Says where the answer to a request will be found. */
export function addressSentence(address: string): string {
  return `You find the answer here when you return. We may also write to ${address}.`;
}

/** Says why an address is asked for. */
export const ADDRESS_HINT = "So that we can write to you when we answer. The answer also appears here when you return.";

/** Says what happened at the end, and what the customer can do next; nothing where a request says that itself. */
export function nextSentence({ by, request }: Closed): string {
  if (request !== null) return "";
  return `${by === "customer" ? "You have ended this conversation." : "This conversation is over."} When you need us again, start a new chat.`;
}

function waitSentence(secs: number): string {
  const minutes = Math.max(1, Math.round(secs / 60));
  if (minutes < 60) return `about ${count(minutes, "minute")}`;
  return `about ${count(Math.round(minutes / 60), "hour")}`;
}

/** Says how a message stands to the limit; `null` while there is nothing to say. */
export function lengthSentence(text: string): { readonly text: string; readonly tooLong: boolean } | null {
  const left = MESSAGE_MAX_CHARS - charCount(text);
  if (left > 500) return null;
  if (left < 0) return { text: `${count(-left, "character")} too many`, tooLong: true };
  return { text: `${count(left, "character")} left`, tooLong: false };
}

export function isTooLong(text: string): boolean {
  return charCount(text) > MESSAGE_MAX_CHARS;
}

/** Counts as the server does: an emoji of one code point is one character. */
function charCount(text: string): number {
  return [...text].length;
}

/** Says when the next try comes, without a figure where it is about now. */
export function retrySentence(leftMs: number): string {
  const secs = Math.ceil(leftMs / 1000);
  return secs > 1 ? `Trying again in ${secs} s.` : "Trying again…";
}

/** The longest comment to a rating, in characters. */
export const COMMENT_MAX_CHARS = 1_000;

/** What each score means, from 1 to 5. */
export const SCORE_WORDS = ["Very bad", "Bad", "Okay", "Good", "Very good"] as const;

export function unreadTitle(title: string, unread: number): string {
  return unread > 0 ? `(${unread}) ${title}` : title;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
