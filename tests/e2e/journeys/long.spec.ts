// A conversation of ten thousand messages.

import { RemoteCustomer, sayMany } from "../api.ts";
import { expect, test } from "../fixtures.ts";

const COUNT = 10_000;
const NODES_MAX = 600;

test("a conversation of ten thousand messages opens, scrolls and is searched", async ({ people, server }) => {
  test.setTimeout(180_000);
  const one = await people.agent(1);
  const ada = await RemoteCustomer.start(server, "Ada Lovelace", "My parcel ZX-4711 is lost.");
  await one.accept("Ada Lovelace");
  const texts = Array.from({ length: COUNT - 1 }, (_, place) =>
    place === 40 ? "The needle is in this haystack." : `Line ${place + 2}: ${"so many words ".repeat(place % 9)}.`,
  );
  const cookies = await one.page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  // The page is elsewhere meanwhile: what is looked at is how it opens.
  await one.page.goto("about:blank");
  await sayMany(server, cookie, ada.conversation, texts);

  await one.page.goto(server.address);
  await expect(one.entry("Ada Lovelace")).toBeVisible();
  const begin = Date.now();
  await one.entry("Ada Lovelace").click();
  const rows = one.log.locator("[data-seq]");
  await expect(one.log.locator(`[data-seq="${COUNT}"]`)).toBeInViewport();
  expect(Date.now() - begin, "milliseconds until the last message was seen").toBeLessThan(2_000);

  const nodes = (): Promise<number> => one.log.evaluate((log) => log.querySelectorAll("*").length);
  expect(await nodes()).toBeLessThanOrEqual(NODES_MAX);

  await test.step("scrolling up loads what came before, and moves nothing that is read", async () => {
    for (let page = 0; page < 6; page += 1) {
      const first = Number(await rows.first().getAttribute("data-seq"));
      await one.log.evaluate((log) => log.scrollTo(0, 0));
      await expect.poll(async () => Number(await rows.first().getAttribute("data-seq"))).toBeLessThan(first);
      expect(await nodes()).toBeLessThanOrEqual(NODES_MAX);
    }
  });

  await test.step("a new message is said, and does not pull the reader away", async () => {
    const top = await one.log.evaluate((log) => log.scrollHeight - log.scrollTop);
    await ada.say("Is anybody there?");
    await expect(one.entry("Ada Lovelace")).toContainText("Is anybody there?");
    const after = await one.log.evaluate((log) => log.scrollHeight - log.scrollTop);
    expect(after).toBeGreaterThanOrEqual(top);
    expect(await one.log.evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop)).toBeGreaterThan(200);
  });

  await test.step("the search finds an early message and goes to it", async () => {
    await one.page.keyboard.press("Control+f");
    await one.page.getByRole("searchbox", { name: "Search conversation", exact: true }).fill("haystack");
    await one.page.getByRole("search").getByRole("button").filter({ hasText: "The needle is in this haystack." }).click();
    await expect(one.log.getByText("The needle is in this haystack.", { exact: true })).toBeInViewport({ timeout: 60_000 });
    expect(await nodes()).toBeLessThanOrEqual(NODES_MAX);
  });
});
