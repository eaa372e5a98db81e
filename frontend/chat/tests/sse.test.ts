import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT_MAX_CHARS, SseParser, type ServerEvent } from "../src/sse.ts";

test("an event is its name, its data and its id", () => {
  assert.deepEqual(all("event: chat\nid: 7\ndata: [1]\n\n"), [{ name: "chat", data: "[1]", id: "7" }]);
});

test("an event without a name is a message", () => {
  assert.deepEqual(all("data: x\n\n"), [{ name: "message", data: "x", id: null }]);
});

test("data lines are joined", () => {
  assert.deepEqual(all("data: a\ndata:\ndata:  b\n\n")[0]?.data, "a\n\n b");
});

test("an id belongs to its own event only", () => {
  assert.deepEqual(all("id: 1\ndata: a\n\ndata: b\n\n").map((event) => event.id), ["1", null]);
});

test("comments, unknown fields and events without data are passed over", () => {
  assert.deepEqual(all(": hello\nfoo: bar\nevent: chat\n\ndata: a\n\n"), [{ name: "message", data: "a", id: null }]);
});

test("an event that is not finished is not an event", () => {
  assert.deepEqual(all("event: chat\ndata: a\n"), []);
});

test("the wait that the server asks for is kept", () => {
  const parser = new SseParser();
  parser.push("retry: soon\n");
  assert.equal(parser.retryMs, null);
  parser.push("retry: 2500\n\n");
  assert.equal(parser.retryMs, 2500);
});

test("any cut of any line end gives the same events", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = [": é 😀", "event: chat", "id: 1", "data: a", "data: b", "", "data: c", "", ": end", ""].join(end);
    const whole = all(text);
    assert.equal(whole.length, 2);
    for (let first = 0; first <= text.length; first += 1) {
      for (let second = first; second <= text.length; second += 1) {
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        assert.deepEqual(all(...pieces), whole, JSON.stringify(pieces));
      }
    }
  }
});

test("an event without end is refused at the limit", () => {
  const parser = new SseParser();
  assert.throws(() => parser.push(`data: ${"x".repeat(EVENT_MAX_CHARS)}`));
});

function all(...pieces: string[]): ServerEvent[] {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
}
