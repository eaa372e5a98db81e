// The API as a program uses it: for customers without a page, and for more messages than anybody types.

import { randomUUID } from "node:crypto";

import type { Server } from "./server.ts";

/** A customer who has no page. */
export class RemoteCustomer {
  private constructor(
    readonly server: Server,
    readonly conversation: string,
    private readonly token: string,
  ) {}

  static async start(
    server: Server,
    name: string,
    text: string,
    attributes: Readonly<Record<string, string>> = {},
  ): Promise<RemoteCustomer> {
    const { token, chat } = await post(server, "/api/chat", { name, text, attributes });
    return new RemoteCustomer(server, chat.conversation, token);
  }

  async say(text: string): Promise<void> {
    await post(this.server, "/api/chat/messages", { text }, { Authorization: `Bearer ${this.token}` });
  }

  /** Ends the conversation. */
  async leave(): Promise<void> {
    await post(this.server, "/api/chat/closure", {}, { Authorization: `Bearer ${this.token}` });
  }
}

/** Says many things in one conversation, several at a time; the server orders them. */
export async function sayMany(
  server: Server,
  cookie: string,
  conversation: string,
  texts: readonly string[],
): Promise<void> {
  const waiting = texts.values();
  const speak = async (): Promise<void> => {
    for (const text of waiting) {
      await post(server, `/api/conversations/${conversation}/messages`, { text }, { Cookie: cookie });
    }
  };
  await Promise.all(Array.from({ length: 64 }, speak));
}

/** Sets how transfers go, as an administrator: a preset, and switches that differ from it. */
export async function setPolicy(server: Server, policy: Readonly<Record<string, unknown>>): Promise<void> {
  const cookie = await signIn(server, "admin@demo.example");
  await ask(server, "PUT", "/api/transfer-policy", policy, { Cookie: cookie });
}

/** Returns the id of one of the demo's queues. */
export async function queueNamed(server: Server, name: string): Promise<string> {
  const cookie = await signIn(server, "admin@demo.example");
  const response = await fetch(server.at("/api/queues"), { headers: { Cookie: cookie } });
  const queues = (await response.json()) as { id: string; name: string }[];
  const found = queues.find((queue) => queue.name === name);
  if (!found) throw new Error(`there is no queue ${name}`);
  return found.id;
}

/** Sets the rules of every queue, as an administrator. */
export async function setRules(server: Server, rules: Readonly<Record<string, unknown>>): Promise<void> {
  const cookie = await signIn(server, "admin@demo.example");
  const response = await fetch(server.at("/api/queues"), { headers: { Cookie: cookie } });
  const queues = (await response.json()) as { id: string; name: string; skills: unknown; priority: string }[];
  for (const { id, name, skills, priority } of queues) {
    await ask(server, "PUT", `/api/queues/${id}`, { name, skills, priority, rules }, { Cookie: cookie });
  }
}

/** Signs somebody in, and returns their cookie. */
export async function signIn(server: Server, email: string): Promise<string> {
  const response = await send(server, "POST", "/api/session", { email, password: "baton-demo" });
  return response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");
}

async function post(
  server: Server,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ token: string; chat: { conversation: string } }> {
  return await ask(server, "POST", path, body, headers);
}

/** Asks the server as a program does, and returns what it answers. */
export async function ask(
  server: Server,
  method: string,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await send(server, method, path, body, headers);
  return response.status === 204 ? null : await response.json();
}

async function send(
  server: Server,
  method: string,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const response = await fetch(server.address + path, {
    method,
    headers: {
      "Content-Type": "application/json",
      "Idempotency-Key": randomUUID(),
      Origin: server.address,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status} from ${path}: ${await response.text()}`);
  return response;
}
