import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent, ChatMessage, ChatView } from "../src/api.ts";
import { Chat } from "../src/chat.ts";
import { threadItems } from "../src/thread_items.ts";

test("a message seen twice is kept once, and stands in its order", () => {
  const chat = new Chat(view([message(1)]));
  chat.add(message(3));
  assert.equal(chat.apply({ type: "message_added", message: message(2) }), "applied");
  assert.equal(chat.apply({ type: "message_added", message: message(3) }), "applied");
  assert.deepEqual(seqs(chat), [1, 2, 3]);
});

test("a gap or an unknown event asks for a fresh start", () => {
  const chat = new Chat(view([message(1)]));
  assert.equal(chat.apply({ type: "message_added", message: message(3) }), "restart");
  assert.equal(chat.apply({ type: "something_new" } as unknown as ChatEvent), "restart");
});

test("a fresh start keeps older messages that join it", () => {
  const chat = new Chat(view([message(51)], true));
  chat.prepend({ messages: [message(49), message(50)], more: false });
  chat.restart(view([message(51), message(52)], true));
  assert.deepEqual(seqs(chat), [49, 50, 51, 52]);
  assert.equal(chat.more, false);
  chat.restart(view([message(100)], true));
  assert.deepEqual(seqs(chat), [100]);
  assert.equal(chat.more, true);
});

test("read marks never go back", () => {
  const chat = new Chat(view([]));
  chat.apply({ type: "marks_changed", read: 5 });
  chat.apply({ type: "marks_changed", read: 3 });
  assert.equal(chat.agentRead, 5);
});

test("messages of one author are one group until a pause, another author or another day", () => {
  const minute = 60_000;
  const messages = [0, 1, 10, 11].map((at, index) => message(index + 1, { at: new Date(at * minute).toISOString() }));
  const items = threadItems([...messages, message(5, { from: "customer", at: new Date(11 * minute).toISOString() })], [], 0);
  assert.deepEqual(items.map((item) => item.startsGroup), [true, false, true, false, true]);
  assert.deepEqual(items.map((item) => item.endsGroup), [false, true, false, true, true]);
  assert.deepEqual(items.map((item) => item.startsDay), [true, false, false, false, false]);
});

test("a message that the server has is not shown as pending too", () => {
  const own = message(1, { from: "customer", client_key: "k" });
  const items = threadItems([own], [{ key: "k", text: "x", atMs: 0, refusal: null }], 0);
  assert.deepEqual(items.map((item) => [item.id, item.state]), [["k", "sent"]]);
  assert.equal(threadItems([own], [], 1)[0]?.state, "read");
});

test("an answer that comes after the end is taken", () => {
  const chat = new Chat(view([]));
  chat.end();
  assert.deepEqual(chat.phase, { kind: "closed", by: "customer", request: null, answer: null });
  const phase = { kind: "closed", by: "system", request: 3, answer: null } as const;
  chat.apply({ type: "phase_changed", phase, notice: null });
  chat.end();
  assert.deepEqual(chat.phase, phase);
  chat.apply({ type: "phase_changed", phase: { ...phase, answer: "Yes." }, notice: null });
  assert.deepEqual(chat.phase, { ...phase, answer: "Yes." });
});

test("a rating is asked for after the end and taken once", () => {
  const chat = new Chat(view([]));
  chat.rated();
  assert.equal(chat.phase.kind, "active", "nothing is rated before the end");
  chat.end();
  const closed = { kind: "closed", by: "customer", request: null, answer: null } as const;
  chat.apply({ type: "phase_changed", phase: { ...closed, survey: "asked" }, notice: null });
  chat.end();
  assert.deepEqual(chat.phase, { ...closed, survey: "asked" });
  chat.rated();
  assert.deepEqual(chat.phase, { ...closed, survey: "answered" });
});

function seqs(chat: Chat): number[] {
  return chat.messages.map((one) => one.seq);
}

function view(messages: ChatMessage[], more = false): ChatView {
  return { conversation: "cnv_1", name: "Ada", phase: { kind: "active", agent: "Agent One" }, messages, more, read: 0 };
}

function message(seq: number, extra: Partial<ChatMessage> = {}): ChatMessage {
  return { seq, id: `msg_${seq}`, from: "agent", name: "Agent One", text: "x", at: "2026-11-21T08:00:00.000Z", client_key: null, ...extra };
}
