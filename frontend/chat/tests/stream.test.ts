import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { Answer, Snapshot } from "../src/api.ts";
import { EventStream, SILENCE_MAX_MS, type Listener, type Source } from "../src/stream.ts";

Math.random = () => 0;

test("a stream that ends is resumed after the last cursor", async () => {
  const world = new World([stream("id: 2\nevent: chat\ndata: []\n\n"), stream("id: 3\nevent: chat\ndata: []\n\n"), null]);
  await world.run("1");
  assert.deepEqual(world.log, ["after 1", "connected", "chat", "lost", "after 2", "connected", "chat", "lost", "after 3", "signed out"]);
});

test("restart leads to a fresh snapshot and its cursor", async () => {
  const world = new World([stream("event: restart\ndata: {}\n\n"), null]);
  await world.run("1");
  assert.deepEqual(world.log, ["after 1", "connected", "restart", "lost", "snapshot", "after 9", "signed out"]);
});

test("an event that cannot be taken leads to a fresh snapshot, and not to itself again", async () => {
  const world = new World([stream("id: 2\nevent: broken\ndata: {\n\n"), null]);
  await world.run("1");
  assert.deepEqual(world.log, ["after 1", "connected", "broken", "lost", "snapshot", "after 9", "signed out"]);
});

test("without a cursor it begins with a snapshot", async () => {
  const world = new World([null]);
  await world.run(null);
  assert.deepEqual(world.log, ["snapshot", "after 9", "signed out"]);
});

test("a refused cursor leads to a fresh snapshot", async () => {
  const refusal = new Response("{}", { status: 400, headers: { "Content-Type": "application/problem+json" } });
  const world = new World([refusal, null]);
  await world.run("old");
  assert.deepEqual(world.log, ["after old", "lost", "snapshot", "after 9", "signed out"]);
});

test("an error on the way is waited out with the cursor kept", async () => {
  const world = new World([new Response("away", { status: 502 }), new Response("", { status: 404 }), null]);
  await world.run("1");
  assert.deepEqual(world.log, ["after 1", "lost", "after 1", "lost", "after 1", "signed out"]);
});

test("a silent stream is given up", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const world = new World([stream("event: hello\ndata: {}\n\n", "stays open"), null]);
  const run = world.run("1");
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  mock.timers.tick(SILENCE_MAX_MS - 1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(world.log, ["after 1", "connected", "hello"]);
  mock.timers.tick(1);
  await new Promise((resolve) => setImmediate(resolve));
  mock.timers.tick(1);
  await run;
  mock.timers.reset();
  assert.deepEqual(world.log, ["after 1", "connected", "hello", "lost", "after 1", "signed out"]);
});

test("a stopped stream says nothing more", async () => {
  const world = new World([stream("event: hello\ndata: {}\n\n", "stays open")]);
  const run = world.run("1");
  await new Promise((resolve) => setImmediate(resolve));
  world.stop();
  await run;
  assert.deepEqual(world.log, ["after 1", "connected", "hello"]);
});

declare function setImmediate(work: (value: unknown) => void): void;

type Ending = "ends" | "stays open";

function stream(text: string, ending: Ending = "ends"): (signal: AbortSignal) => Response {
  return (signal) =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(text));
          if (ending === "ends") controller.close();
          else signal.addEventListener("abort", () => controller.error(new Error("aborted")));
        },
      }),
    );
}

type Prepared = Response | ((signal: AbortSignal) => Response) | null;

/** A server with prepared answers for the stream; `null` says that the token is not valid. */
class World {
  readonly log: string[] = [];
  readonly #answers: Prepared[];
  #stream: EventStream | null = null;

  constructor(answers: Prepared[]) {
    this.#answers = answers;
  }

  async run(cursor: string | null): Promise<void> {
    const source: Source = {
      snapshot: async () => this.#snapshot(),
      events: async (after, signal) => this.#answer(after, signal),
    };
    const listener: Listener = {
      started: () => this.log.push("snapshot"),
      received: (event) => {
        this.log.push(event.name);
        JSON.parse(event.data);
        return event.name === "restart" ? "restart" : "applied";
      },
      connected: () => this.log.push("connected"),
      lost: () => this.log.push("lost"),
      signedOut: () => this.log.push("signed out"),
    };
    this.#stream = new EventStream(source, cursor, listener);
    await this.#stream.run();
  }

  stop(): void {
    this.#stream?.stop();
  }

  #snapshot(): Answer<Snapshot> {
    const chat = { conversation: "cnv_1", name: "Ada", phase: { kind: "active", agent: "A" }, messages: [], more: false, read: 0 } as const;
    return { kind: "ok", value: { chat, cursor: "9" } };
  }

  #answer(after: string, signal: AbortSignal): Response {
    this.log.push(`after ${after}`);
    const answer = this.#answers.shift();
    if (answer instanceof Response) return answer;
    if (answer) return answer(signal);
    return new Response("{}", { status: 401, headers: { "Content-Type": "application/problem+json" } });
  }
}
