// A supervisor watches the work of their teams, and steps in.

import type { Page } from "@playwright/test";
import { RemoteCustomer } from "../api.ts";
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

    await expect(page.getByRole("rowheader")).toHaveText(["All queues", "Billing", "Sales", "Technical support"]);
    await expect(page.getByText("Conversations without an owner: 0", { exact: true })).toBeVisible();
    await expectNoBarriers(page);
    await page.getByRole("button", { name: "Queue", exact: true }).click();
    await expect(page.getByRole("rowheader")).toHaveText(["All queues", "Technical support", "Sales", "Billing"]);
    await page.getByRole("searchbox", { name: "Search queues", exact: true }).fill("bill");
    await expect(page.getByRole("rowheader")).toHaveText(["All queues", "Billing"]);
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
    await page.getByRole("dialog", { name: "Take over", exact: true }).getByRole("button", { name: "Take over", exact: true }).click();
    await expect(row(page, "Ada Lovelace").getByRole("cell").first()).toHaveText("Supervisor");
    await expect(customer.page.getByRole("status")).toContainText("Supervisor has joined");
    await open(page, "Transfers");
    await expect(page.getByText("No transfer is under way in your teams.", { exact: true })).toBeVisible();
    await open(page, "Conversations");
    await row(page, "Ada Lovelace").getByRole("link", { name: "Open your desk", exact: true }).click();
    await expect(lead.entry("Ada Lovelace")).toBeVisible();
  });
}

test("a figure over its threshold is marked in words, a view outlives a reload, and the wallboard fills the screen", async ({ people, server }) => {
  const page = await people.open("Supervisor");
  await page.goto(server.at("/supervisor"));
  await page.getByRole("textbox", { name: "Email", exact: true }).fill("supervisor@demo.example");
  await page.getByRole("textbox", { name: "Password", exact: true }).fill("baton-demo");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await people.customer("Ada Lovelace", "My invoice is wrong.");
  const waiting = row(page, "Technical support").getByRole("cell").first();
  await expect(waiting).toHaveText("1");
  await expect(row(page, "Technical support")).toContainText("not enough data");
  await expect(row(page, "Technical support")).toContainText("nobody");

  await page.getByRole("button", { name: "Thresholds", exact: true }).click();
  const thresholds = page.getByRole("dialog", { name: "Thresholds", exact: true });
  const warning = thresholds.getByRole("spinbutton", { name: "Waiting: warning", exact: true });
  await warning.fill("1");
  await warning.press("Tab");
  await expectNoBarriers(page);
  await thresholds.getByRole("button", { name: "Close", exact: true }).click();
  await expect(waiting).toHaveText("1 !");

  await page.getByRole("searchbox", { name: "Search queues", exact: true }).fill("tech");
  await page.getByRole("combobox", { name: "Counted over", exact: true }).selectOption("today");
  await page.getByRole("button", { name: "Waiting", exact: true }).click();
  await page.getByRole("button", { name: "Save view", exact: true }).click();
  const saving = page.getByRole("dialog", { name: "Save view", exact: true });
  await saving.getByRole("textbox", { name: "Name", exact: true }).fill("Support today");
  await expectNoBarriers(page);
  await saving.getByRole("button", { name: "Keep", exact: true }).click();
  await page.reload();
  await expect(page.getByRole("rowheader")).toHaveText(["All queues", "Billing", "Sales", "Technical support"]);
  await page.getByRole("combobox", { name: "Saved views", exact: true }).selectOption("Support today");
  await expect(page.getByRole("rowheader")).toHaveText(["All queues", "Technical support"]);
  await expect(page.getByRole("combobox", { name: "Counted over", exact: true })).toHaveValue("today");
  await expect(page.getByRole("columnheader", { name: /^Waiting/ })).toHaveAttribute("aria-sort", "descending");
  await expect(waiting, "thresholds are kept too").toHaveText("1 !");

  await page.getByRole("button", { name: "Wallboard", exact: true }).click();
  await expect(page.getByRole("button", { name: "Sign out", exact: true })).toBeHidden();
  await expect(waiting).toBeVisible();
  await page.getByRole("button", { name: "Wallboard", exact: true }).click();
  await expect(page.getByRole("button", { name: "Sign out", exact: true })).toBeVisible();
});

test("what agents had is counted, in the columns and over the day that a supervisor chose", async ({ people, server }) => {
  const one = await people.agent(1);
  const page = await people.open("Supervisor", { timezoneId: "Europe/Madrid", viewport: { width: 1280, height: 900 } });
  await page.goto(server.at("/supervisor"));
  await page.getByRole("textbox", { name: "Email", exact: true }).fill("supervisor@demo.example");
  await page.getByRole("textbox", { name: "Password", exact: true }).fill("baton-demo");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const all = row(page, "All queues");
  await expect(all.getByRole("cell").first()).toHaveText("0");
  // At first no column has to be looked for at the side.
  const table = page.getByRole("region", { name: "Queues", exact: true });
  expect(await table.evaluate((region) => region.scrollWidth - region.clientWidth)).toBe(0);

  await page.getByRole("button", { name: "Columns", exact: true }).click();
  const columns = page.getByRole("dialog", { name: "Columns", exact: true });
  for (const name of ["Average talk", "Average wrap-up", "Completed"]) {
    await columns.getByRole("checkbox", { name, exact: true }).check();
  }
  await columns.getByRole("checkbox", { name: "Unavailable", exact: true }).uncheck();
  await expectNoBarriers(page);
  await columns.getByRole("button", { name: "Close", exact: true }).click();
  await expect(page.getByRole("columnheader", { name: /^Unavailable/ })).toBeHidden();
  await expect(page.getByRole("columnheader", { name: /^Completed/ })).toBeVisible();

  const completed = async (name: string): Promise<number> => Number(await row(page, name).getByRole("cell").last().textContent());
  const [before, here] = [await completed("All queues"), await completed("Technical support")];
  const customer = await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await customer.leave();
  await expect.poll(() => completed("All queues")).toBe(before + 1);
  await expect.poll(() => completed("Technical support")).toBe(here + 1);

  await page.getByRole("button", { name: "Counting", exact: true }).click();
  const counting = page.getByRole("dialog", { name: "Counting", exact: true });
  await expect(counting.getByRole("combobox", { name: "Time zone of the day", exact: true })).toHaveValue("Europe/Madrid");
  await counting.getByLabel("The day begins at", { exact: true }).fill("06:30");
  await counting.getByRole("spinbutton", { name: /^Target in seconds/ }).fill("600");
  await expectNoBarriers(page);
  await counting.getByRole("button", { name: "Count so", exact: true }).click();
  const over = page.getByRole("combobox", { name: "Counted over", exact: true });
  await expect(over.getByRole("option")).toHaveText(["the last 30 minutes", "today since 06:30, Europe/Madrid"]);
  await expect(all, "in time by the target that was chosen").toContainText("100 %");
  await page.reload();
  await expect(over.getByRole("option").last()).toHaveText("today since 06:30, Europe/Madrid");
  await expect(all).toContainText("100 %");
  await expect(page.getByRole("columnheader", { name: /^Completed/ })).toBeVisible();
});
