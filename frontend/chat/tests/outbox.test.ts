import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY_MAX_AGE_MS } from "../src/keys.ts";
import { Outbox, type Delivery, type Outgoing } from "../src/outbox.ts";
import { MemoryStorage } from "../src/storage.ts";

const delivered: Delivery = { kind: "delivered" };
const unreachable: Delivery = { kind: "unreachable", retryAfterMs: 1 };

test("messages are sent in order and removed once confirmed", async () => {
  const world = new World();
  const outbox = world.outbox();
  for (const text of ["a", "b", "c"]) outbox.add(text);
  await outbox.flush();
  assert.deepEqual(world.server, ["a", "b", "c"]);
  assert.deepEqual(outbox.list(), []);
});

test("a message is stored before it is sent", () => {
  const world = new World();
  world.outbox().add("a");
  assert.equal(world.outbox().list()[0]?.text, "a");
});

test("an answer that is lost repeats the same key", async () => {
  const world = new World();
  world.answers = [unreachable, unreachable];
  const outbox = world.outbox();
  outbox.add("a");
  outbox.add("b");
  await outbox.flush();
  assert.deepEqual(world.server, ["a", "b"]);
  assert.deepEqual(world.calls, ["key-1", "key-1", "key-1", "key-2"]);
});

test("after a reload what was written is sent with its old key", async () => {
  const world = new World();
  const before = world.outbox();
  before.stop();
  before.add("a");
  before.add("b");
  await world.outbox().flush();
  assert.deepEqual(world.server, ["a", "b"]);
  assert.deepEqual(world.calls, ["key-1", "key-2"]);
});

test("a refusal is kept and does not hold up the next message", async () => {
  const world = new World();
  world.answers = [{ kind: "refused", reason: "too long" }];
  const outbox = world.outbox();
  outbox.add("a");
  outbox.add("b");
  await outbox.flush();
  assert.deepEqual(world.server, ["b"]);
  assert.deepEqual(outbox.list().map((message) => [message.text, message.refusal]), [["a", "too long"]]);
  outbox.retry("key-1");
  await outbox.flush();
  assert.deepEqual(world.server, ["b", "a"]);
});

test("a message whose key may be forgotten is sent only when the customer says so", async () => {
  const world = new World();
  const old = { key: "key-old", text: "old", atMs: Date.now() - KEY_MAX_AGE_MS, refusal: null };
  world.storage.set(`of.this.out.${old.atMs.toString(36).padStart(10, "0")}.${old.key}`, JSON.stringify(old));
  const outbox = world.outbox();
  outbox.add("new");
  await outbox.flush();
  assert.deepEqual(world.server, ["new"]);
  assert.equal(outbox.list().length, 1);
  assert.ok(outbox.list()[0]?.refusal);
  outbox.retry("key-old");
  await outbox.flush();
  assert.deepEqual(world.server, ["new", "old"]);
  assert.deepEqual(outbox.list(), []);
});

test("a message confirmed by the stream is not sent again", async () => {
  const world = new World();
  const outbox = world.outbox();
  world.answers = [unreachable];
  outbox.add("a");
  while (world.server.length === 0) await Promise.resolve();
  outbox.confirm("key-1");
  await outbox.flush();
  assert.deepEqual(world.calls, ["key-1"]);
});

test("two tabs with one storage send each message once", async () => {
  const world = new World();
  const [left, right] = [world.outbox(), world.outbox()];
  world.answers = [unreachable, delivered, unreachable];
  for (let number = 0; number < 10; number += 1) (number % 2 ? left : right).add(String(number));
  await Promise.all([left.flush(), right.flush()]);
  assert.deepEqual(world.server, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  assert.equal(new Set(world.calls).size, 10);
});

test("a message added while the last one is being confirmed is sent too", async () => {
  const world = new World();
  let isFirst = true;
  const outbox: Outbox = world.outbox(() => {
    if (outbox.list().length > 0 || !isFirst) return;
    isFirst = false;
    outbox.add("b");
  });
  outbox.add("a");
  await outbox.flush();
  await outbox.flush();
  assert.deepEqual(world.server, ["a", "b"]);
});

test("messages of another conversation are not touched", async () => {
  const world = new World();
  world.storage.set("of.other.out.1", JSON.stringify({ key: "x", text: "x", atMs: 1, refusal: null }));
  await world.outbox().flush();
  assert.deepEqual(world.calls, []);
});

/** One browser and one server that keeps a message once per key. */
class World {
  readonly storage = new MemoryStorage();
  /** What the server has, in order. */
  readonly server: string[] = [];
  /** The key of every call. */
  readonly calls: string[] = [];
  /** What the next calls get; then all are delivered. */
  answers: Delivery[] = [];
  readonly #seen = new Set<string>();
  #keys = 0;
  #last: Promise<unknown> = Promise.resolve();

  outbox(changed: () => void = () => {}): Outbox {
    return new Outbox({
      storage: this.storage,
      prefix: "of.this.out.",
      send: async (message) => await this.#receive(message),
      exclusively: (work) => {
        const turn = this.#last.then(work);
        this.#last = turn;
        return turn;
      },
      newKey: () => `key-${++this.#keys}`,
      changed,
    });
  }

  async #receive(message: Outgoing): Promise<Delivery> {
    this.calls.push(message.key);
    await Promise.resolve();
    const answer = this.answers.shift() ?? delivered;
    const isKept = answer.kind === "delivered" || answer.kind === "unreachable";
    if (isKept && !this.#seen.has(message.key)) {
      this.#seen.add(message.key);
      this.server.push(message.text);
    }
    return answer;
  }
}
