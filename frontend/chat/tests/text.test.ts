import assert from "node:assert/strict";
import { test } from "node:test";
import { splitLinks } from "../src/links.ts";
import { addressSentence, isTooLong, lengthSentence, nextSentence, phaseSentence, unreadTitle } from "../src/sentences.ts";

test("addresses become links without the punctuation of the sentence", () => {
  assert.deepEqual(links("See https://example.com/a_(b), (or www.example.com)."), ["https://example.com/a_(b)", "https://www.example.com/"]);
});

test("nothing but web addresses becomes a link", () => {
  assert.deepEqual(links("javascript:alert(1) data:text/html,x file:///etc ftp://a.b http:// https://. mailto:a@b.c"), []);
});

test("the parts together are the text", () => {
  const text = "a https://example.com/?q=<b>&x=1 b\nhttp://[::1]/ www.";
  assert.equal(splitLinks(text).map((part) => part.text).join(""), text);
});

test("after the end it is said what happened and what can be done next", () => {
  const closed = { kind: "closed", by: "customer", request: null, answer: null } as const;
  assert.equal(nextSentence(closed), "You have ended this conversation. When you need us again, start a new chat.");
  assert.equal(nextSentence({ ...closed, by: "agent" }), "This conversation is over. When you need us again, start a new chat.");
  assert.equal(nextSentence({ ...closed, request: 1 }), "");
});

test("the status line says what is happening", () => {
  const waiting = { kind: "waiting", queue: "Billing", position: 2, wait_secs: null } as const;
  assert.equal(phaseSentence(waiting, null), "You are number 2 in line");
  assert.equal(phaseSentence({ ...waiting, wait_secs: 170 }, null), "You are number 2 in line · about 3 minutes");
  assert.equal(phaseSentence({ ...waiting, position: null, wait_secs: 5 }, null), "You are in line · about 1 minute");
  assert.equal(phaseSentence(waiting, "Transferring you to Billing"), "Transferring you to Billing · You are number 2 in line");
  assert.equal(phaseSentence({ kind: "active", agent: "Agent One" }, null), "Agent One is here");
  assert.equal(phaseSentence({ kind: "active", agent: "Agent Two" }, "Agent Two has joined"), "Agent Two has joined");
  assert.equal(phaseSentence({ kind: "transferring", agent: "Agent One", to: "Agent Two" }, null), "Transferring you to Agent Two");
  assert.equal(phaseSentence({ kind: "closed", by: "agent", request: null, answer: null }, "x"), "The conversation has ended");
});

test("a conversation that became a request tells its number, and then that it is answered", () => {
  const closed = { kind: "closed", by: "system", request: 12, answer: null } as const;
  assert.equal(phaseSentence(closed, "x"), "Your request number is 12. We will answer later.");
  assert.equal(phaseSentence({ ...closed, answer: "Done." }, null), "Your request number 12 is answered");
  assert.equal(
    addressSentence("ada@example.com"),
    "You find the answer here when you return. We may also write to ada@example.com.",
  );
});

test("the length is counted in characters, and said before it is too much", () => {
  assert.equal(lengthSentence("a".repeat(7_000)), null);
  assert.deepEqual(lengthSentence("😀".repeat(8_000)), { text: "0 characters left", tooLong: false });
  assert.equal(isTooLong("😀".repeat(8_001)), true);
});

test("the title counts what is unread", () => {
  assert.equal(unreadTitle("Chat", 0), "Chat");
  assert.equal(unreadTitle("Chat", 2), "(2) Chat");
});

function links(text: string): (string | null)[] {
  return splitLinks(text).map((part) => part.href).filter((href) => href !== null);
}
