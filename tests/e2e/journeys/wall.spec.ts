// A supervisor watches the work of their teams, and steps in.

import type { Page } from "@playwright/test";
import { Desk } from "../desk.ts";
import { expect, expectNoBarriers, test } from "../fixtures.ts";

/** Chooses a tab and returns its table's row of a thing. */
const row = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });

const open = (page: Page, tab: string) => page.getByRole("tab", { name: tab, exact: true }).click();

for (const colorScheme of ["light", "dark"] as const) {
  test(`a supervisor sees queues, people and a conversation that arrives, and takes it over, in ${colorScheme}`, async ({ people, server }) => {
    const one = await people.agent(1);
    const page = await people.open("Supervisor", { colorScheme });
    await page.goto(server.at("/"));
    const lead = new Desk(page, "Supervisor", "supervisor@demo.example");
    await lead.signIn();
    await page.getByRole("link", { name: "Wall", exact: true }).click();

    await expect(page.getByRole("rowheader")).toHaveText(["Billing", "Sales", "Technical support"]);
    await expect(page.getByText("Conversations without an owner: 0", { exact: true })).toBeVisible();
    await expectNoBarriers(page);
    await page.getByRole("button", { name: "Queue", exact: true }).click();
    await expect(page.getByRole("rowheader")).toHaveText(["Technical support", "Sales", "Billing"]);
    await page.getByRole("searchbox", { name: "Search queues", exact: true }).fill("bill");
    await expect(page.getByRole("rowheader")).toHaveText(["Billing"]);
    await page.getByRole("searchbox", { name: "Search queues", exact: true }).fill("");

    await open(page, "Agents");
    await expect(row(page, "Agent One")).toContainText("Available");
    await expect(row(page, "Agent Two")).toContainText("Offline");
    await expectNoBarriers(page);
    await one.choose("Busy");
    await expect(row(page, "Agent One")).toContainText("Busy");
    await one.choose("Available");

    await open(page, "Conversations");
    await expect(page.getByText("No such conversation is open in your teams.", { exact: true })).toBeVisible();
    const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
    await expect(row(page, "Ada Lovelace")).toContainText("Waits for Technical support");
    await one.accept("Ada Lovelace");
    await expect(row(page, "Ada Lovelace").getByRole("cell").first()).toHaveText("Agent One");
    await expectNoBarriers(page);

    await one.transfer("Billing", { tab: "Queues" });
    await open(page, "Transfers");
    await expect(row(page, "Ada Lovelace")).toContainText("Billing");
    await expectNoBarriers(page);

    await open(page, "Conversations");
    await row(page, "Ada Lovelace").getByRole("button", { name: "Take over", exact: true }).click();
    await expect(row(page, "Ada Lovelace").getByRole("cell").first()).toHaveText("Supervisor");
    await expect(customer.page.getByRole("status")).toContainText("Supervisor has joined");
    await open(page, "Transfers");
    await expect(page.getByText("No transfer is under way in your teams.", { exact: true })).toBeVisible();
    await open(page, "Conversations");
    await row(page, "Ada Lovelace").getByRole("link", { name: "Open your desk", exact: true }).click();
    await expect(lead.entry("Ada Lovelace")).toBeVisible();
  });
}
