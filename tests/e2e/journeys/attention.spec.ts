// Calling an agent who looks elsewhere: the sound of an offer, and the notification of one.

import type { Page } from "@playwright/test";

import { RemoteCustomer } from "../api.ts";
import type { Desk } from "../desk.ts";
import { expect, test } from "../fixtures.ts";
import { clickNotification, listen, notifications, offersHeard, watchNotifications } from "../senses.ts";

/** Long enough for an offer to sound at least once more. */
const TWO_SOUNDS_MS = 8_000;

/** Puts the page's clock into the test's hand, and listens. */
async function listenWithClock(page: Page): Promise<void> {
  await page.clock.install();
  await listen(page);
}

async function expectSilence(desk: Desk): Promise<void> {
  const heard = await offersHeard(desk.page);
  await desk.page.clock.runFor(2 * TWO_SOUNDS_MS);
  expect(await offersHeard(desk.page), "how often an offer was heard").toBe(heard);
}

for (const answer of ["Accept", "Reject"] as const) {
  test(`an offer sounds again and again until it is answered with ${answer}`, async ({ people, server }) => {
    const one = await people.agent(1, { prepare: listenWithClock });
    await expectSilence(one);
    await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
    await expect(one.offer("Ada Lovelace")).toBeVisible();
    await expect.poll(() => offersHeard(one.page)).toBeGreaterThan(0);
    for (const _ of [1, 2]) {
      const heard = await offersHeard(one.page);
      await one.page.clock.runFor(TWO_SOUNDS_MS);
      expect(await offersHeard(one.page), "how often the offer was heard").toBeGreaterThan(heard);
    }
    await one.offer("Ada Lovelace").getByRole("button", { name: answer, exact: true }).click();
    await expect(one.offer("Ada Lovelace")).toHaveCount(0);
    await expectSilence(one);
  });
}

test("an offer is silent where the sound is off, and sounds again where it is on", async ({ people, server }) => {
  const one = await people.agent(1, { prepare: listenWithClock });
  const choose = async (wanted: boolean): Promise<void> => {
    await one.page.getByRole("button", { name: "Settings", exact: true }).click();
    await one.dialog("Settings").getByRole("checkbox", { name: /^Sound for offers/ }).setChecked(wanted);
    await one.dialog("Settings").getByRole("button", { name: "Close", exact: true }).click();
    await expect(one.dialog("Settings")).toBeHidden();
  };
  await choose(false);
  await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await expect(one.offer("Ada Lovelace")).toBeVisible();
  await expectSilence(one);
  expect(await offersHeard(one.page)).toBe(0);
  await choose(true);
  expect(await offersHeard(one.page), "turning the sound on plays it").toBeGreaterThan(0);
  await one.page.clock.runFor(TWO_SOUNDS_MS);
  expect(await offersHeard(one.page)).toBeGreaterThan(1);
});

test("an offer is told on the desktop while the agent looks elsewhere, and a click leads to it", async ({ people, server }) => {
  const one = await people.agent(1, { prepare: watchNotifications });
  await RemoteCustomer.start(server, "Ben Osei", "My parcel is late.");
  await one.accept("Ben Osei");
  expect(await notifications(one.page), "what was told while the agent looked at the desk").toEqual([]);

  await lookElsewhere(one.page);
  await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await expect.poll(() => notifications(one.page)).toEqual([
    { title: "Incoming: Ada Lovelace, Technical support", body: "Accept it on your desk.", closed: false },
  ]);
  expect(await clickNotification(one.page), "how often the click brought the desk forward").toBe(1);
  expect((await notifications(one.page)).map(({ closed }) => closed)).toEqual([true]);
  await one.page.bringToFront();
  await one.accept("Ada Lovelace");
});

/** Opens another tab in front of a page, which then has no focus. */
async function lookElsewhere(page: Page): Promise<void> {
  // Tests give every page the focus unless told otherwise.
  const browser = await page.context().newCDPSession(page);
  await browser.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  const other = await page.context().newPage();
  await other.bringToFront();
  await expect.poll(() => page.evaluate(() => document.hasFocus())).toBe(false);
}
