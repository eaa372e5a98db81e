// Supervisors learn from what happened: reports, the rows behind each number, and files.

import { readFile } from "node:fs/promises";

import type { Locator, Page } from "@playwright/test";
import { Desk } from "../desk.ts";
import { expect, expectNoBarriers, type People, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

const REPORTS = [
  "Messaging transfers",
  "Queues",
  "Agents",
  "Conversations",
  "Customers’ waits",
  "Ratings",
  "Flow",
] as const;

/** How many transfers the demo's history has, each of a conversation of its own and accepted. */
const SEEDED = 2;

/** Returns the large figure of this name. */
const figure = (page: Page, name: string): Locator =>
  page.locator(".tile", { has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) }).locator(".tile__figure");

const report = (page: Page, name: string): Locator =>
  page.getByRole("navigation", { name: "Reports", exact: true }).getByRole("link", { name, exact: true });

async function lead(people: People, server: Server, colorScheme: "light" | "dark"): Promise<Page> {
  const page = await people.open("Supervisor", { colorScheme, viewport: { width: 1280, height: 900 } });
  await page.goto(server.at("/"));
  await new Desk(page, "Supervisor", "supervisor@demo.example").signIn();
  await page.goto(server.at("/supervisor"));
  await page.getByRole("tab", { name: "Insights", exact: true }).click();
  await expect(report(page, "Messaging transfers")).toHaveAttribute("aria-current", "page");
  return page;
}

/** One transfer that is accepted, one that is rejected to the end and one that is called off, of one conversation. */
async function passOn(one: Desk, two: Desk, customer: string): Promise<void> {
  await one.accept(customer);
  await one.transfer("Agent Two");
  await two.accept(customer);
  await two.transfer("Agent One");
  await one.reject(customer, "At lunch");
  await expect(two.transferringTo("Agent One")).toHaveCount(0);
  await two.transfer("Agent One");
  await two.cancelTransfer.click();
  await expect(two.transferringTo("Agent One")).toHaveCount(0);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`every report shows what happened and has no barriers, in ${colorScheme}`, async ({ people, server }) => {
    // Seven reports are examined for barriers, one after the other.
    test.slow();
    const page = await lead(people, server, colorScheme);
    await expect(figure(page, "Transfers"), "of the demo's history").toHaveText(String(SEEDED));
    const one = await people.agent(1);
    await people.customer("Ada Lovelace", "My invoice is wrong.");
    const two = await people.agent(2);
    await passOn(one, two, "Ada Lovelace");

    // Nobody reloads.
    await expect(figure(page, "Successful transfers")).toHaveText(String(SEEDED + 1), { timeout: 3_000 });
    await expect(figure(page, "Failed transfers")).toHaveText("1");
    await expect(figure(page, "Transfers")).toHaveText(String(SEEDED + 3));
    await expect(figure(page, "Conversations with transfers")).toHaveText(String(SEEDED + 1));
    await expect(page.getByText("Up to date", { exact: true })).toBeVisible();
    const outcomes = page.getByRole("region", { name: "What became of them", exact: true });
    await expect(outcomes.locator("dd")).toHaveText([SEEDED + 1, 1, 1, 0, SEEDED + 3].map(String));
    await expect(
      outcomes.getByRole("img", { name: `What became of transfers: ${SEEDED + 1} Successful, 1 Failed, 1 Cancelled, 0 Open`, exact: true }),
    ).toBeVisible();
    await expectNoBarriers(page);
    for (const name of REPORTS.slice(1)) {
      await report(page, name).click();
      await expect(page.locator(".report[aria-busy=false]").first()).toBeVisible();
      await expectNoBarriers(page);
    }
    await expect(page.getByRole("region", { name: "Ways between places, as a table", exact: true }).getByRole("row")).not.toHaveCount(1);
    await report(page, "Customers’ waits").click();
    await expect(figure(page, "Longest wait")).toBeVisible();
    const rows = await page.locator(".tiles--large .tile").evaluateAll((tiles) => {
      const tops = tiles.map((tile) => Math.round(tile.getBoundingClientRect().top));
      return [...new Set(tops)].map((top) => tops.filter((each) => each === top).length);
    });
    expect(rows, "seven figures stand in rows of about the same length").toEqual([4, 3]);
    await page.setViewportSize({ width: 390, height: 844 });
    const queue = page.getByRole("combobox", { name: "Queue", exact: true });
    await expect(queue, "filters are folded away where there is little room").toBeHidden();
    await page.getByRole("button", { name: "Filters", exact: true }).click();
    await expect(queue).toBeVisible();
    await expectNoBarriers(page);
  });
}

test("a number leads to its rows, the address keeps what was chosen, and tables become files", async ({ people, server }) => {
  const one = await people.agent(1);
  await people.customer("Ada Lovelace", "My invoice is wrong.");
  const two = await people.agent(2);
  await passOn(one, two, "Ada Lovelace");
  const page = await lead(people, server, "light");

  await figure(page, "Failed transfers").getByRole("link").click();
  await expect(page.getByRole("heading", { name: "Transfers: failed", exact: true })).toBeFocused();
  const rows = page.getByRole("region", { name: "Transfers", exact: true }).getByRole("row");
  await expect(rows).toHaveCount(2);
  await expect(rows.last()).toContainText("Failed: rejected to the end");
  await expect(rows.last()).toContainText("Agent Two");
  await page.reload();
  await expect(rows).toHaveCount(2);
  await rows.last().getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Ada Lovelace", exact: true })).toBeVisible();
  await expect(page.getByRole("list", { name: "What happened", exact: true })).toContainText("At lunch");
  await page.goBack();
  await expect(rows).toHaveCount(2);

  await page.goBack();
  const reasons = page.getByRole("region", { name: "Reasons of rejections, as a table", exact: true });
  await expect(reasons.getByRole("row")).toHaveText([/^Reason/, "At lunch1"]);
  await reasons.getByRole("link", { name: "1", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Segments: rejected offer, for a transfer, for the same reason" })).toBeFocused();
  const refused = page.getByRole("region", { name: "Segments", exact: true }).getByRole("row");
  await expect(refused).toHaveCount(2);
  await expect(refused.last()).toContainText("Agent One");
  await page.goBack();
  await figure(page, "Failed transfers").getByRole("link").click();
  await expect(rows).toHaveCount(2);

  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV", exact: true }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^transfers \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\.csv$/);
  const [head, row, end] = (await readFile(await download.path(), "utf8")).split("\r\n");
  expect(head).toContain("outcome,reason");
  expect(row).toContain("failed,rejected");
  expect(end).toBe("");

  await page.goBack();
  await expect(figure(page, "Failed transfers")).toHaveText("1");
  await page.getByRole("combobox", { name: "Outcome", exact: true }).selectOption({ label: "Cancelled" });
  await expect(figure(page, "Transfers")).toHaveText("1");
  await page.getByRole("combobox", { name: "Period", exact: true }).selectOption({ label: "Yesterday" });
  await expect(figure(page, "Transfers")).toHaveText("0");
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Period", exact: true })).toHaveValue("yesterday");
  await expect(page.getByRole("combobox", { name: "Outcome", exact: true })).toHaveValue("cancelled");
  await expect(figure(page, "Transfers")).toHaveText("0");
  await page.getByRole("button", { name: "Clear filters", exact: true }).click();
  await page.getByRole("combobox", { name: "Period", exact: true }).selectOption({ label: "Today" });
  await expect(figure(page, "Transfers")).toHaveText(String(SEEDED + 3));
  await page.getByRole("combobox", { name: "Time zone", exact: true }).selectOption("UTC");
  await expect(page).toHaveURL(/zone=UTC/);

  await page.getByRole("tab", { name: "Agents", exact: true }).click();
  await expect(page).toHaveURL(/\/supervisor$/);
  await page.goBack();
  await expect(page.getByRole("tab", { name: "Insights", exact: true })).toHaveAttribute("aria-selected", "true");
  await expect(figure(page, "Transfers")).toHaveText(String(SEEDED + 3));
});

test("reports are read by keyboard alone", async ({ people, server }) => {
  const one = await people.agent(1);
  await people.customer("Ada Lovelace", "My invoice is wrong.");
  const two = await people.agent(2);
  await passOn(one, two, "Ada Lovelace");
  const page = await lead(people, server, "light");

  await page.getByRole("tab", { name: "Insights", exact: true }).focus();
  await expect(figure(page, "Successful transfers")).toHaveText(String(SEEDED + 1));
  const focused = page.locator(":focus");
  /** Goes forward until the focus is on this. */
  const reach = async (target: Locator): Promise<void> => {
    await expect(target).toBeVisible();
    for (let step = 0; step < 150; step += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`the focus never came to ${target}; it is on ${await focused.first().innerText()}`);
  };
  await reach(figure(page, "Successful transfers").getByRole("link"));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Transfers: successful", exact: true })).toBeFocused();
  await reach(page.getByRole("region", { name: "Transfers", exact: true }));
  await reach(page.getByRole("link", { name: "Back to “Messaging transfers”" }));
  await page.keyboard.press("Enter");
  await reach(report(page, "Customers’ waits"));
  await page.keyboard.press("Enter");
  await expect(figure(page, "Accepted")).toHaveText(/^\d+$/);
  const table = page.getByText("Show as table", { exact: true });
  await reach(table);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Waits by their length, as a table", exact: true })).toBeVisible();
});
