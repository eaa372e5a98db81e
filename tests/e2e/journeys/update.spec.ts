// A desk that stays open while the server is updated.

import type { Page } from "@playwright/test";

import { RemoteCustomer } from "../api.ts";
import { expect, test } from "../fixtures.ts";

/** Loads the page as an older build would have served it; what is loaded after that is today's. */
async function reloadAsOlderBuild(page: Page): Promise<void> {
  const serveOlder = async (page: Page): Promise<void> => {
    await page.route(
      (address) => address.pathname === "/",
      async (route) => {
        const response = await route.fetch();
        const body = (await response.text()).replace(/(<meta name="?baton-build"? content="?)\w+/, "$1older");
        expect(body).toMatch(/baton-build"? content="?older/);
        await route.fulfill({ response, body });
      },
      { times: 1 },
    );
  };
  await serveOlder(page);
  await page.reload();
  // A reload is told the moment the page asks for it, long before the page is gone.
  await page.evaluate(() => {
    const reloads: string[] = [];
    Object.assign(window, { reloads });
    (window as unknown as { navigation: EventTarget }).navigation.addEventListener("navigate", (event) => {
      reloads.push((event as Event & { navigationType: string }).navigationType);
    });
  });
}

test("a page of an older build reloads itself once nothing is typed or offered, and not before", async ({ people, server }) => {
  const one = await people.agent(1, { prepare: (page) => page.clock.install() });
  await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await one.message.fill("I have found that");

  await reloadAsOlderBuild(one.page);
  await expect(one.message).toHaveValue("I have found that");
  await expect(one.connection).toContainText("Baton was updated.");
  const expectToStay = async (why: string): Promise<void> => {
    await one.page.clock.runFor(12_000);
    expect(await one.page.evaluate(() => (window as unknown as { reloads: string[] }).reloads), why).toEqual([]);
  };
  await expectToStay("while something is typed");

  await RemoteCustomer.start(server, "Ben Osei", "My parcel is late.");
  await expect(one.offer("Ben Osei")).toBeVisible();
  await one.message.fill("");
  await expectToStay("while something is offered");

  await one.page.getByRole("button", { name: "Settings", exact: true }).click();
  await one.offer("Ben Osei").getByRole("button", { name: "Reject", exact: true }).dispatchEvent("click");
  await expect(one.offer("Ben Osei")).toHaveCount(0);
  await expectToStay("while a dialog is open");

  await one.page.keyboard.press("Escape");
  await expect(one.dialog("Settings")).toBeHidden();
  const loaded = one.page.waitForEvent("load");
  await one.page.clock.runFor(12_000).catch(() => {}); // the page may be gone before it has answered
  await loaded;
  await expect(one.page.getByRole("heading", { level: 2, name: "Ada Lovelace", exact: true })).toBeVisible();
  await expect(one.status).toHaveText("Available");
  await expect(one.connection).toBeEmpty();
  const build = await one.page.locator("meta[name=baton-build]").getAttribute("content");
  expect(build, "the build that is open now").not.toBe("older");
});
