import assert from "node:assert/strict";
import { test } from "node:test";
import { BACKOFF_FIRST_MS, BACKOFF_MAX_MS, backoffMs, Pause } from "../src/backoff.ts";

test("the bound of the wait doubles up to its limit", () => {
  const bounds = [0, 1, 2, 3, 4, 5, 6, 7, 1000].map((attempt) => backoffMs(attempt, () => 1));
  assert.deepEqual(bounds, [500, 1000, 2000, 4000, 8000, 16000, BACKOFF_MAX_MS, BACKOFF_MAX_MS, BACKOFF_MAX_MS]);
});

test("the wait is anywhere below its bound", () => {
  assert.equal(backoffMs(9, () => 0), 0);
  assert.equal(backoffMs(0, () => 0.5), BACKOFF_FIRST_MS / 2);
});

test("a wait can be cut short", async () => {
  const pause = new Pause();
  const wait = pause.wait(3_600_000);
  pause.wake();
  await wait;
});

test("an attempt is repeated until it is done, and says when the next one is due", async () => {
  const due: number[] = [];
  let attempts = 0;
  const beganAtMs = Date.now();
  await new Pause().persist(
    async () => (++attempts < 3 ? { retryAfterMs: 1 } : "done"),
    (atMs) => due.push(atMs),
  );
  assert.equal(attempts, 3);
  assert.equal(due.length, 2);
  assert.ok(due.every((atMs) => atMs > beganAtMs));
});
