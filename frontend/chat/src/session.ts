// Who this browser is to the server: the token, and starts that have not been answered yet.

import { KEY_MAX_AGE_MS } from "./keys.ts";
import { parseKept, PREFIX, storage } from "./storage.ts";

const SESSION = `${PREFIX}session`;
const START = `${PREFIX}start.`;
const NAME = `${PREFIX}name`;
const FORMER = `${PREFIX}former`;
const OF_CONVERSATION = `${PREFIX}of.`;

export interface Session {
  readonly token: string;
  readonly conversation: string;
  /** The key of the start that made it. */
  readonly key: string;
}

export interface PendingStart {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  /** Where the answer is to come, where a question is left instead of starting a conversation. */
  readonly address: string | null;
  /** The token of the conversation before, which goes with every try. */
  readonly former: string | null;
  readonly atMs: number;
}

/** The place for the address that a customer left for the answer to their request. */
export function addressPlace(conversation: string): string {
  return ofConversation(conversation, "address");
}

export function savedSession(): Session | null {
  return parseKept<Session>(storage.get(SESSION));
}

export function saveSession(session: Session): void {
  storage.set(SESSION, JSON.stringify(session));
}

/** Forgets the session if it is still the one with `token`, and what was kept for it. */
export function forgetSession(token: string): void {
  if (savedSession()?.token !== token) return;
  for (const key of [SESSION, ...storage.keys(OF_CONVERSATION)]) storage.remove(key);
  storage.set(FORMER, token);
}

/** The token of the conversation that this browser had before, which says who the customer is. */
export function formerToken(): string | null {
  return storage.get(FORMER);
}

/** The starts without an answer, one of each tab that has one, oldest first; those too old to repeat are forgotten. */
export function pendingStarts(): PendingStart[] {
  const starts: PendingStart[] = [];
  for (const key of storage.keys(START)) {
    const start = parseKept<PendingStart>(storage.get(key));
    if (start && Date.now() - start.atMs < KEY_MAX_AGE_MS) starts.push(start);
    else storage.remove(key);
  }
  return starts.sort((left, right) => left.atMs - right.atMs);
}

export function savePendingStart(start: PendingStart): void {
  storage.set(START + start.key, JSON.stringify(start));
  storage.set(NAME, start.name);
}

export function forgetPendingStart(key: string): void {
  storage.remove(START + key);
}

export function lastName(): string {
  return storage.get(NAME) ?? "";
}

/** Whether a change of `key` in another tab can mean another session. */
export function isSessionKey(key: string | null): boolean {
  return key === null || key === SESSION;
}

/** The place for what belongs to one conversation and goes when it goes. */
export function ofConversation(conversation: string, what: string): string {
  return `${OF_CONVERSATION}${conversation}.${what}`;
}
