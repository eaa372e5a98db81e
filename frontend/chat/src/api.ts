// The customer's half of the server's API: its bodies, and one function per call.
//
// An answer is never an exception. A refusal is final and is shown; `unreachable` means that
// nobody knows whether the call had an effect, and that it is to be repeated with the same key.

export type Phase =
  | { readonly kind: "waiting"; readonly queue: string; readonly position: number | null; readonly wait_secs: number | null }
  | { readonly kind: "active"; readonly agent: string }
  | { readonly kind: "transferring"; readonly agent: string; readonly to: string }
  | Closed;

export interface Closed {
  readonly kind: "closed";
  readonly by: "agent" | "customer" | "system";
  /** The number of the request that is answered later, if it ended with one. */
  readonly request: number | null;
  /** The answer to the request, once there is one. */
  readonly answer: string | null;
  /** How far the customer is asked how good it was, where they are asked. */
  readonly survey?: "asked" | "answered";
}

export interface ChatMessage {
  readonly seq: number;
  readonly id: string;
  readonly from: "customer" | "agent" | "bot";
  readonly name: string;
  readonly text: string;
  readonly at: string;
  readonly client_key: string | null;
}

export interface ChatView {
  readonly conversation: string;
  readonly name: string;
  readonly phase: Phase;
  readonly messages: readonly ChatMessage[];
  readonly more: boolean;
  /** How far the agent has read. */
  readonly read: number;
}

export type ChatEvent =
  | { readonly type: "message_added"; readonly message: ChatMessage }
  | { readonly type: "phase_changed"; readonly phase: Phase; readonly notice: string | null }
  | { readonly type: "marks_changed"; readonly read: number };

export interface Snapshot {
  readonly chat: ChatView;
  readonly cursor: string;
}

export interface Started extends Snapshot {
  readonly token: string;
}

export interface Page {
  readonly messages: readonly ChatMessage[];
  readonly more: boolean;
}

export type Unreachable = { readonly kind: "unreachable"; readonly retryAfterMs: number | null };

export type Answer<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "refused"; readonly reason: string; readonly code: string }
  | { readonly kind: "signed_out" }
  | Unreachable;

/** The longest message the server takes, in characters. */
export const MESSAGE_MAX_CHARS = 8_000;
/** A call without an answer for this long is given up and repeated. */
const ANSWER_MAX_MS = 20_000;
const OLDER_PAGE_SIZE = 50;

/** `former` is the token of the customer's conversation before, so that they stay who they were. */
export function startChat(name: string, text: string, key: string, former: string | null): Promise<Answer<Started>> {
  return call("POST", "/api/chat", { body: { name, text }, key, token: former });
}

/** Leaves a question that is answered later. */
export function leaveRequest(name: string, address: string, text: string, key: string, former: string | null): Promise<Answer<Started>> {
  return call("POST", "/api/chat/requests", { body: { name, address, text }, key, token: former });
}

export interface Opening {
  readonly open: boolean;
  /** When it opens, where it is closed and that is known. */
  readonly opens_at: string | null;
}

export function opening(): Promise<Answer<Opening>> {
  return call("GET", "/api/chat/opening", {});
}

/** The calls of one customer, signed with the token that starting gave. */
export class CustomerApi {
  constructor(readonly token: string) {}

  snapshot(): Promise<Answer<Snapshot>> {
    return this.#call("GET", "/api/chat");
  }

  olderMessages(before: number): Promise<Answer<Page>> {
    return this.#call("GET", `/api/chat/messages?before=${before}&limit=${OLDER_PAGE_SIZE}`);
  }

  sendMessage(text: string, key: string): Promise<Answer<ChatMessage>> {
    return this.#call("POST", "/api/chat/messages", { body: { text }, key });
  }

  mark(delivered: number, read: number): Promise<Answer<null>> {
    return this.#call("PUT", "/api/chat/marks", { body: { delivered, read } });
  }

  typing(): Promise<Answer<null>> {
    return this.#call("POST", "/api/chat/typing", { body: {} });
  }

  leaveAddress(address: string, key: string): Promise<Answer<null>> {
    return this.#call("PUT", "/api/chat/address", { body: { address }, key });
  }

  rate(score: number, comment: string, key: string): Promise<Answer<null>> {
    return this.#call("POST", "/api/chat/rating", { body: { score, comment }, key });
  }

  close(key: string): Promise<Answer<null>> {
    return this.#call("POST", "/api/chat/closure", { body: {}, key });
  }

  /** Opens the stream of what happened after `cursor`. */
  events(cursor: string, signal: AbortSignal): Promise<Response> {
    return fetch(`/api/chat/events?after=${encodeURIComponent(cursor)}`, {
      headers: { Accept: "text/event-stream", Authorization: `Bearer ${this.token}` },
      credentials: "omit",
      cache: "no-store",
      signal,
    });
  }

  #call<T>(method: string, path: string, extra: CallExtra = {}): Promise<Answer<T>> {
    return call(method, path, { ...extra, token: this.token });
  }
}

interface CallExtra {
  readonly body?: object;
  readonly key?: string;
  readonly token?: string | null;
}

async function call<T>(method: string, path: string, extra: CallExtra): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (extra.token) headers["Authorization"] = `Bearer ${extra.token}`;
  if (extra.key) headers["Idempotency-Key"] = extra.key;
  if (extra.body) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: extra.body ? JSON.stringify(extra.body) : null,
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
    if (!response.ok) return await failure(response);
    return { kind: "ok", value: response.status === 204 ? (null as T) : ((await response.json()) as T) };
  } catch {
    return { kind: "unreachable", retryAfterMs: null };
  }
}

/**
 * Tells a refusal of Baton's from a failure on the way to it.
 *
 * Only a problem document counts as a refusal: a proxy whose server is away answers 404 or 403
 * with a page of its own, and that must not cost the customer a message.
 */
export async function failure(response: Response): Promise<Exclude<Answer<never>, { kind: "ok" }>> {
  const { status } = response;
  const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json") ?? false;
  const isRefusal = isProblem && status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
  if (!isRefusal) return { kind: "unreachable", retryAfterMs: retryAfterMs(response) };
  if (status === 401) return { kind: "signed_out" };
  const problem = (await response.json()) as { title: string; detail?: string; code?: string };
  return { kind: "refused", reason: problem.detail || problem.title, code: problem.code ?? "" };
}

function retryAfterMs(response: Response): number | null {
  const secs = Number(response.headers.get("Retry-After") ?? "");
  return secs > 0 ? Math.min(secs, 300) * 1000 : null;
}
