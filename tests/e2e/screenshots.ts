// Takes the pictures of the documentation: a lively desk, and the customer's page.
//
// With BATON_SHOTS=FOLDER it takes more of them, dark and small, into that folder.

import { join, resolve } from "node:path";

import type { Page } from "@playwright/test";

import { RemoteCustomer } from "./api.ts";
import { expect, test } from "./fixtures.ts";

const IMAGES = resolve(import.meta.dirname, "../../docs/images");
const MORE = process.env.BATON_SHOTS;

async function picture(page: Page, path: string): Promise<void> {
  await page.screenshot({ path, caret: "hide" });
}

async function more(page: Page, name: string): Promise<void> {
  if (!MORE) return;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await picture(page, join(MORE, `${name}-${colorScheme}.png`));
  }
  await page.emulateMedia({ colorScheme: "light" });
}

const DESK = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 } };

test("the desk and the customer’s page", async ({ people, server, faults }) => {
  faults.allow(/status of 401/);
  const two = await people.agent(2, { browser: DESK });
  await more(two.page, "desk-empty");
  const ada = await people.visitor("Ada Berg", PHONE);
  await more(ada.page, "chat-start");
  await ada.start("Hi, my internet has been down since this morning. The router’s lamp is red.");
  await more(ada.page, "chat-waiting");
  await expect(two.offer("Ada Berg")).toBeVisible();
  await more(two.page, "desk-offer");
  await two.accept("Ada Berg");
  await two.say("Good morning, Ada. I am sorry about that! Does the red light blink, or is it steady?");
  await expect(ada.log).toContainText("Good morning, Ada.");
  await ada.say("It is steady. I switched it off and on twice already.");
  await expect(two.log).toContainText("It is steady.");
  await two.say("Thank you. Then it is not your router: I see a fault on the line. My colleague Agent One can book a technician.");
  await expect(ada.log).toContainText("fault on the line");

  const one = await people.agent(1, { browser: DESK });
  await two.chooseTask("Transfer");
  await expect(two.dialog("Transfer").getByRole("button", { name: "Transfer to Agent One", exact: true })).toBeVisible();
  await more(two.page, "desk-transfer");
  await two.dialog("Transfer").getByRole("tab", { name: "Queues", exact: true }).click();
  await expect(two.dialog("Transfer").getByRole("button", { name: "Transfer to Billing", exact: true })).toBeVisible();
  await more(two.page, "desk-transfer-queues");
  await two.page.keyboard.press("Escape");
  await two.transfer("Agent One", {
    note: "Line fault at her address, router is fine. She works from home today: please book the earliest visit.",
  });
  await more(two.page, "desk-transferring");
  await more(ada.page, "chat-transferring");
  await expect(one.offer("Ada Berg")).toBeVisible();
  await more(one.page, "desk-offer-transferred");
  await one.accept("Ada Berg");
  await expect(two.wrapUp).toBeVisible();
  await more(two.page, "desk-wrap-up");
  await two.file("Passed on");
  await two.choose("Away");

  await one.say("Hello Ada, Agent One here. I have read what you and my colleague found, so you need not repeat it. A technician could come today between 14 and 16.");
  await expect(ada.log).toContainText("between 14 and 16");
  await ada.say("That is perfect, thank you!");
  await expect(one.log).toContainText("That is perfect");

  for (const [name, question, answer, reply] of [
    ["Chiara Rossi", "There is an amount of 12.50 on my bill that I do not understand.", "Let me look at the invoice with you.", "It says “service package”, I never ordered that."],
    ["Daniel Novák", "Can I change my delivery address? The parcel leaves tomorrow.", "Of course. Which address shall it go to?", ""],
  ] as const) {
    const customer = await RemoteCustomer.start(server, name, question);
    await one.accept(name);
    await one.say(answer);
    if (reply) {
      await one.entry("Ada Berg").click();
      await customer.say(reply);
      await expect(one.entry(name)).toContainText(reply);
    }
  }
  await one.entry("Ada Berg").click();
  await RemoteCustomer.start(server, "Elif Yılmaz", "Hello! I cannot sign in since I changed my phone. The code never arrives.");
  await expect(one.offer("Elif Yılmaz")).toBeVisible();
  await one.message.fill("You are welcome. I have booked it; the confirmation");
  await ada.say("Will I get a confirmation?");
  await expect(one.log).toContainText("Will I get a confirmation?");
  await expect(one.entry("Ada Berg")).not.toContainText("unread");
  await picture(one.page, join(IMAGES, "desk.png"));
  await picture(ada.page, join(IMAGES, "chat.png"));
  await more(one.page, "desk");
  await more(ada.page, "chat");

  if (!MORE) return;
  await one.page.getByRole("button", { name: "Settings", exact: true }).click();
  await more(one.page, "desk-settings");
  await one.page.keyboard.press("Escape");
  await one.page.getByRole("button", { name: "Shortcuts", exact: true }).click();
  await more(one.page, "desk-shortcuts");
  await one.page.keyboard.press("Escape");
  await one.task.click();
  await more(one.page, "desk-task");
  await one.page.keyboard.press("Escape");
  await one.page.keyboard.press("Control+f");
  await one.page.getByRole("searchbox", { name: "Search conversation", exact: true }).fill("router");
  await expect(one.page.getByRole("search").getByRole("button").filter({ hasText: "router" }).first()).toBeVisible();
  await more(one.page, "desk-search");
  await one.page.keyboard.press("Escape");
  await one.chooseTask("Wrap up");
  await more(one.page, "desk-wrap-up-own");
  await one.wrapUp.getByRole("button", { name: "Not yet", exact: true }).click();

  await one.page.setViewportSize(PHONE.viewport);
  await more(one.page, "phone-thread");
  await one.chooseTask("Transfer");
  await expect(one.dialog("Transfer").getByRole("button", { name: "Transfer to Agent Two", exact: true })).toBeVisible();
  await more(one.page, "phone-transfer");
  await one.page.keyboard.press("Escape");
  await one.page.getByRole("button", { name: "Back to the list", exact: true }).click();
  await more(one.page, "phone-list");
  await one.page.setViewportSize({ width: 720, height: 450 });
  await more(one.page, "zoomed-list");
  await one.entry("Ada Berg").click();
  await more(one.page, "zoomed-thread");
  await one.page.setViewportSize(DESK.viewport);
  await one.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await more(one.page, "sign-out");
  await one.dialog("Sign out").getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(one.page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  await more(one.page, "sign-in");
  await ada.page.getByRole("button", { name: "End chat", exact: true }).click();
  await more(ada.page, "chat-asking");
  await ada.page.getByRole("button", { name: "End now", exact: true }).click();
  await expect(ada.status).toHaveText("The conversation has ended");
  await more(ada.page, "chat-ended");
});
