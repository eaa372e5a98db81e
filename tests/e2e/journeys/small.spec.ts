// Phones, and a desk enlarged to twice its size.

import type { Locator, Page } from "@playwright/test";

import { RemoteCustomer } from "../api.ts";
import { expect, expectNoBarriers, test } from "../fixtures.ts";

const SCREENS = [
  { name: "360 × 740", viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  { name: "390 × 844", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  // What a window of 1440 × 900 has left at 200 %.
  { name: "720 × 450", viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
];

async function expectNothingBeside(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const out = [...document.querySelectorAll("button, input, textarea, [role]")].filter((element) => {
      const { left, right, width: own } = element.getBoundingClientRect();
      return own > 1 && (left < -1 || right > width + 1);
    });
    return { beside: document.documentElement.scrollWidth - width, out: out.map((element) => element.outerHTML.slice(0, 120)) };
  });
  expect(found, where).toEqual({ beside: 0, out: [] });
}

for (const { name, ...browser } of SCREENS) {
  test(`the main job fits on ${name}`, async ({ people }) => {
    const one = await people.agent(1, { browser });
    await expectNothingBeside(one.page, "the empty desk");
    const customer = await people.visitor("Ada Lovelace", browser);
    await expectNothingBeside(customer.page, "the form");
    await customer.start("My invoice is wrong. It has two lines for one order, and I paid both.");
    await expectNothingBeside(customer.page, "the chat");

    await expect(one.offer("Ada Lovelace")).toBeVisible();
    await expectNothingBeside(one.page, "the offer");
    await expectNoBarriers(one.page);
    await one.offer("Ada Lovelace").getByRole("button", { name: "Accept", exact: true }).click();
    await expect(one.message).toBeInViewport();
    await expectNothingBeside(one.page, "the thread");
    await one.say("Good morning, Ada. I will look into it.");
    await expect(customer.log).toContainText("Good morning, Ada.");
    await expect(customer.message).toBeInViewport();
    await customer.say("Thank you!");
    await expect(one.log.getByText("Thank you!", { exact: true })).toBeInViewport();

    await one.status.click();
    await expect(one.page.getByRole("menuitemradio", { name: "Offline", exact: true })).toBeInViewport();
    await one.page.keyboard.press("Escape");

    const two = await people.agent(2, { browser });
    await one.chooseTask("Transfer");
    const dialog = one.dialog("Transfer");
    await expect(dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true })).toBeInViewport();
    await expectNothingBeside(one.page, "the transfer dialog");
    await dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true }).click();
    await dialog.getByRole("textbox", { name: "Notes for agent", exact: true }).fill("Billed twice.");
    await expect(dialog.getByRole("button", { name: "Confirm transfer", exact: true })).toBeInViewport();
    await expectNothingBeside(one.page, "the note");
    await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
    await expect(one.cancelTransfer).toBeInViewport();
    await expectNothingBeside(one.page, "the pending transfer");
    await expectNothingBeside(two.page, "the transferred offer");
    await two.offer("Ada Lovelace").getByRole("button", { name: "Accept", exact: true }).click();
    await two.say("I take over.");
    await expect(customer.log).toContainText("I take over.");

    await expect(one.wrapUp).toBeVisible();
    await expectNothingBeside(one.page, "the wrap-up");
    await one.file("Passed on");
    await expect(one.conversations).toBeVisible();
  });
}

test("on a phone one goes from the list to a conversation and back", async ({ people }) => {
  const one = await people.agent(1, { browser: SCREENS[1] });
  const customer = await people.customer("Ada Lovelace", "First.");
  await one.offer("Ada Lovelace").getByRole("button", { name: "Accept", exact: true }).click();
  await customer.say("Second.");
  await expect(one.log).toContainText("Second.");
  await one.backToTheList.click();
  await expect(one.conversations).toBeVisible();
  await expect(one.log).toBeHidden();
  // What comes meanwhile is not on screen, and so it is not read.
  await customer.say("Third.");
  await customer.say("Fourth.");
  await expect(one.entry("Ada Lovelace").getByText("2 unread", { exact: true })).toBeVisible();
  await one.entry("Ada Lovelace").click();
  for (const said of ["First.", "Second.", "Third.", "Fourth."]) {
    await expect(one.log.getByText(said, { exact: true })).toBeInViewport();
  }
});

test("on a phone the browser’s Back leads from a conversation to the list, and Forward into it again", async ({ people, server }) => {
  const one = await people.agent(1, { browser: SCREENS[1] });
  await RemoteCustomer.start(server, "Ada Lovelace", "First.");
  await one.accept("Ada Lovelace");
  await one.message.fill("I have");
  // Coming and going within the page leaves no steps behind.
  for (const _ of [1, 2]) {
    await one.backToTheList.click();
    await expect(one.log).toBeHidden();
    await one.entry("Ada Lovelace").click();
    await expect(one.log).toBeVisible();
  }
  await one.page.reload();
  await expect(one.log).toContainText("First.");
  await one.page.goBack();
  await expect(one.conversations).toBeVisible();
  await expect(one.log).toBeHidden();
  await one.page.goForward();
  await expect(one.log).toContainText("First.");
  await expect(one.message).toHaveValue("I have");
  await one.backToTheList.click();
  await expect(one.log).toBeHidden();
  await expect.poll(() => one.page.evaluate(() => history.state as unknown)).toBeNull();
  await one.page.goBack();
  await expect(one.page, "one step back from the list leaves the desk").toHaveURL("about:blank");
});

test("on a phone an offer leaves room for the conversation that is open", async ({ people, server }) => {
  const one = await people.agent(1, { browser: SCREENS[1] });
  await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await RemoteCustomer.start(server, "Ben Osei", "My parcel is late. It was to come on Monday, and nobody has heard of it since.");
  const offer = one.offer("Ben Osei");
  await expect(offer).toBeVisible();
  for (const name of ["Accept", "Reject"]) {
    await expect(offer.getByRole("button", { name, exact: true })).toBeInViewport({ ratio: 1 });
  }
  await expect(offer).toContainText("My parcel is late.");
  await expect(one.message).toBeInViewport({ ratio: 1 });
  const height = async (part: Locator): Promise<number> => (await part.boundingBox())?.height ?? 0;
  expect(await height(one.incoming), "what the offer takes").toBeLessThan(844 / 5);
  expect(await height(one.log), "what is left for the conversation").toBeGreaterThan(844 / 2);
  await expectNothingBeside(one.page, "the offer over a conversation");
  await expectNoBarriers(one.page);
});

test("on a phone the rest of a summary is a button away while another conversation is open", async ({ people, server }) => {
  const two = await people.agent(2, { browser: SCREENS[1] });
  await RemoteCustomer.start(server, "Ben Osei", "My parcel is late.");
  await two.accept("Ben Osei");
  await two.choose("Busy");
  const one = await people.agent(1);
  await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await two.choose("Available");
  await one.chooseTask("Transfer");
  const dialog = one.dialog("Transfer");
  await dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true }).click();
  const summary = `${"The invoice of May has two lines for one order. ".repeat(6)}She wants the second one back.`;
  await dialog.getByRole("textbox", { name: "Transfer summary", exact: true }).fill(summary);
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();

  const offer = two.offer("Ada Lovelace");
  const height = async (): Promise<number> =>
    (await offer.getByRole("group", { name: "Summary", exact: true }).boundingBox())?.height ?? 0;
  const more = offer.getByRole("button", { name: "More of the summary", exact: true });
  await expect(more).toBeInViewport({ ratio: 1 });
  const folded = await height();
  await expectNoBarriers(two.page);
  await more.click();
  const less = offer.getByRole("button", { name: "Less of the summary", exact: true });
  await expect(less).toHaveAttribute("aria-expanded", "true");
  await expect.poll(height).toBeGreaterThan(2 * folded);
  await expectNothingBeside(two.page, "the whole summary");
  await expectNoBarriers(two.page);
});
