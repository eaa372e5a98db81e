// Every screen, in light and in dark, as axe sees it.

import { RemoteCustomer } from "../api.ts";
import { Desk } from "../desk.ts";
import { expect, expectNoBarriers, test } from "../fixtures.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ contextOptions: { colorScheme } });

    test("signing in, and an address that leads nowhere", async ({ people, faults }) => {
      faults.allow(/status of 401/);
      const page = await people.open("Agent One");
      await page.goto(`${people.server.address}/nowhere`);
      const desk = new Desk(page, "Agent One", "agent-1@demo.example");
      await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
      await expectNoBarriers(page);
      await page.getByRole("textbox", { name: "Email", exact: true }).fill(desk.email);
      await page.getByRole("textbox", { name: "Password", exact: true }).fill("not it");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page.getByRole("alert")).toHaveText(/./);
      await expectNoBarriers(page);
      await page.getByRole("textbox", { name: "Password", exact: true }).fill("baton-demo");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page.getByRole("link", { name: "Go to your desk", exact: true })).toBeVisible();
      await expectNoBarriers(page);
    });

    test("the desk: empty, with an offer, with a thread, with its dialogs", async ({ people }) => {
      const page = await people.open("Agent One");
      await page.goto(people.server.at("/"));
      const one = new Desk(page, "Agent One", "agent-1@demo.example");
      await one.signIn();
      await expectNoBarriers(page);
      await one.status.click();
      await expectNoBarriers(page);
      await page.keyboard.press("Escape");
      await one.choose("Available");
      await expectNoBarriers(page);

      const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
      await expect(one.offer("Ada Lovelace")).toBeVisible();
      await expectNoBarriers(page);
      await one.accept("Ada Lovelace");
      await one.say("Let me see.");
      await expect(customer.log).toContainText("Let me see.");
      await customer.say("Thank you.");
      await expect(one.log).toContainText("Thank you.");
      await one.message.fill("I have");
      await expectNoBarriers(page);
      await one.task.click();
      await expectNoBarriers(page);
      await page.keyboard.press("Escape");

      for (const name of ["Settings", "Shortcuts"]) {
        await page.getByRole("button", { name, exact: true }).click();
        await expect(one.dialog(name)).toBeVisible();
        await expectNoBarriers(page);
        await page.keyboard.press("Escape");
        await expect(one.dialog(name)).toBeHidden();
      }
      await one.chooseTask("End conversation");
      await expectNoBarriers(page);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+f");
      await page.getByRole("searchbox", { name: "Search conversation", exact: true }).fill("invoice");
      await expect(page.getByRole("search").getByRole("button").filter({ hasText: "My invoice is wrong." })).toBeVisible();
      await expectNoBarriers(page);
    });

    test("a transfer from its dialog to its wrap-up", async ({ people }) => {
      const one = await people.agent(1);
      const two = await people.agent(2, { status: "Offline" });
      await RemoteCustomer.start(people.server, "Ada Lovelace", "My invoice is wrong.", { Page: "/account" });
      await one.accept("Ada Lovelace");
      await two.choose("Available");
      await one.chooseTask("Transfer");
      const dialog = one.dialog("Transfer");
      await expect(dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true })).toBeVisible();
      await expectNoBarriers(one.page);
      await dialog.getByRole("tab", { name: "Queues", exact: true }).click();
      await expect(dialog.getByRole("button", { name: "Transfer to Billing", exact: true })).toBeVisible();
      await expectNoBarriers(one.page);
      await dialog.getByRole("tab", { name: "Agents", exact: true }).click();
      await dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true }).click();
      await dialog.getByRole("textbox", { name: "Notes for agent", exact: true }).fill("Billed twice.");
      await expectNoBarriers(one.page);
      await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
      await expect(one.transferringTo("Agent Two")).toBeVisible();
      await expectNoBarriers(one.page);

      await two.offer("Ada Lovelace").getByRole("button", { name: "Reject", exact: true }).click();
      await expect(two.dialog("Reject")).toBeVisible();
      await expectNoBarriers(two.page);
      await two.dialog("Reject").getByRole("button", { name: "Reject", exact: true }).click();
      await expect(one.page.getByText(/^Agent Two rejected the transfer/)).toBeVisible();
      await expectNoBarriers(one.page);

      await one.transfer("Agent Two", { note: "Please." });
      await two.accept("Ada Lovelace");
      await expect(two.log).toContainText("Agent One transferred this to Agent Two");
      await expectNoBarriers(two.page);
      await expect(one.wrapUp).toBeVisible();
      await expectNoBarriers(one.page);
      await one.wrapUp.getByRole("button", { name: "Complete", exact: true }).click();
      await expect(one.wrapUp.getByRole("alert")).toHaveText(/./);
      await expectNoBarriers(one.page);
    });

    test("a desk without a connection", async ({ people, server, faults }) => {
      faults.allow(/net::ERR_/);
      const one = await people.agent(1);
      await server.kill();
      await expect(one.connection).toContainText("You are unreachable.");
      await expect(one.page.getByText("Nothing can be offered to you without a connection.", { exact: true })).toBeVisible();
      await expectNoBarriers(one.page);
      await server.startAgain();
    });

    test("the customer's page: the form, waiting, answered, asking, ended", async ({ people }) => {
      const one = await people.agent(1, { status: "Offline" });
      const page = await people.open("Ada Lovelace");
      await page.goto(people.server.at("/chat"));
      await expect(page.getByRole("button", { name: "Start chat", exact: true })).toBeVisible();
      await expectNoBarriers(page);
      await page.getByRole("button", { name: "Start chat", exact: true }).click();
      await expectNoBarriers(page);
      await page.getByRole("textbox", { name: "Your name", exact: true }).fill("Ada Lovelace");
      await page.getByRole("textbox", { name: "How can we help?", exact: true }).fill("My invoice is wrong.");
      await page.getByRole("button", { name: "Start chat", exact: true }).click();
      await expect(page.getByRole("status")).toContainText("in line");
      await expectNoBarriers(page);
      await one.choose("Available");
      await one.accept("Ada Lovelace");
      await one.say("See https://example.com/invoices");
      await expect(page.getByRole("link", { name: "https://example.com/invoices", exact: true })).toBeVisible();
      await expectNoBarriers(page);
      await page.getByRole("button", { name: "End chat", exact: true }).click();
      await expectNoBarriers(page);
      await page.getByRole("button", { name: "End now", exact: true }).click();
      await expect(page.getByRole("status")).toHaveText("The conversation has ended");
      await expectNoBarriers(page);
    });
  });
}
