// A tab that the browser has frozen while it held the stream for the others.

import type { Page } from "@playwright/test";

import { RemoteCustomer } from "../api.ts";
import { Desk } from "../desk.ts";
import { expect, test } from "../fixtures.ts";

/** A leader that is silent for so long is taken for gone. */
const SILENCE_MS = 51_000;

/** Lets the clock that a page counts silence with be put forward. */
async function holdClock(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const now = performance.now.bind(performance);
    let ahead = 0;
    performance.now = () => now() + ahead;
    Object.assign(window, { putForward: (ms: number) => (ahead += ms) });
  });
}

async function putForward(page: Page, ms: number): Promise<void> {
  await page.evaluate((ms) => (window as unknown as { putForward: (ms: number) => void }).putForward(ms), ms);
}

/** Stops a page's clockwork as a frozen tab's stands still, and returns what starts it again. */
async function freeze(page: Page): Promise<() => Promise<void>> {
  // Browsers without a screen ignore the wish to freeze a tab; the debugger stops it for sure.
  const browser = await page.context().newCDPSession(page);
  await browser.send("Debugger.enable");
  await browser.send("Debugger.pause");
  return async () => await browser.detach();
}

test("another tab takes over from one that is frozen, and nothing is doubled when it thaws", async ({ people, server }) => {
  const one = await people.agent(1);
  const page = await one.page.context().newPage();
  await holdClock(page);
  await page.goto(server.address);
  const other = new Desk(page, one.name, one.email);
  await expect(other.status).toHaveText("Available");
  const ada = await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await other.accept("Ada Lovelace");
  await one.entry("Ada Lovelace").click();
  await expect(one.log).toContainText("My invoice is wrong.");
  let streams = 0;
  page.context().on("request", (request) => {
    if (request.url().includes("/api/desk/events")) streams += 1;
  });

  const thaw = await freeze(one.page);
  await ada.say("Are you there?");
  await putForward(page, SILENCE_MS);
  await expect(other.log).toContainText("Are you there?");
  await expect(other.connection).toBeEmpty();
  expect(streams, "streams opened by the tab that took over").toBe(1);
  await RemoteCustomer.start(server, "Ben Osei", "My parcel is late.");
  await expect(other.offer("Ben Osei")).toBeVisible();
  await other.accept("Ben Osei");
  await other.say("Good morning, Ben.");
  await other.entry("Ada Lovelace").click();

  await thaw();
  await expect(one.entry("Ben Osei")).toHaveCount(1);
  await expect(one.connection).toBeEmpty();
  await ada.say("Good.");
  for (const desk of [one, other]) {
    await expect(desk.log).toContainText("Good.");
    for (const text of ["My invoice is wrong.", "Are you there?", "Good."]) {
      await expect(desk.log.getByText(text, { exact: true })).toHaveCount(1);
    }
    await expect(desk.conversations.getByRole("button")).toHaveCount(2);
  }
  await one.say("I am.");
  await expect(other.log.getByText("I am.", { exact: true })).toHaveCount(1);
  expect(streams, "streams opened after the tab that took over has one").toBe(1);

  await other.page.close();
  await ada.say("Thank you.");
  await expect(one.log, "the tab that thawed takes the lead again").toContainText("Thank you.", { timeout: 20_000 });
});

test("a tab that is opened while the one with the stream is frozen gets a stream of its own", async ({ people, server }) => {
  const one = await people.agent(1);
  const thaw = await freeze(one.page);
  const page = await one.page.context().newPage();
  await holdClock(page);
  await page.goto(server.address);
  const other = new Desk(page, one.name, one.email);
  await expect(other.status).toHaveText("Available");
  await putForward(page, SILENCE_MS);
  await expect(other.connection).toBeEmpty();
  await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await other.accept("Ada Lovelace");
  await thaw();
  await one.entry("Ada Lovelace").click();
  await one.say("Good morning.");
  await expect(other.log).toContainText("Good morning.");
});
