// Supervisors see what a day would have been like with other people or under another policy.

import { readFile } from "node:fs/promises";

import type { Locator, Page } from "@playwright/test";
import { Desk } from "../desk.ts";
import { expect, expectNoBarriers, type People, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

/** Returns what stands in a row of a table, in its order: recorded, as it was, what if, difference. */
const cells = (page: Page, table: string, name: string): Locator =>
  page
    .getByRole("region", { name: `${table}, as a table`, exact: true })
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name, exact: true }) })
    .getByRole("cell");

async function open(people: People, server: Server, colorScheme: "light" | "dark"): Promise<Page> {
  const page = await people.open("Supervisor", { colorScheme, viewport: { width: 1280, height: 900 } });
  await page.goto(server.at("/"));
  await new Desk(page, "Supervisor", "supervisor@demo.example").signIn();
  await page.goto(server.at("/supervisor?report=what-if&range=today"));
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeVisible();
  return page;
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`a day is played with one person more, in ${colorScheme}`, async ({ people, server }) => {
    // The page is examined for barriers before and after, and on a phone.
    test.slow();
    const one = await people.agent(1);
    await people.customer("Ada Lovelace", "My invoice is wrong.");
    await one.accept("Ada Lovelace");
    const page = await open(people, server, colorScheme);
    await expect(page.getByRole("combobox", { name: "Agent", exact: true })).toHaveCount(0);
    await expectNoBarriers(page);

    await page.getByRole("button", { name: "One person more", exact: true }).click();
    await expect(page.getByLabel("People more or fewer", { exact: true })).toHaveValue("1");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: "The days were played." })).toBeVisible();
    await expect(page.getByText("1 person more everywhere.", { exact: true })).toBeVisible();
    const [recorded, asItWas, whatIf, difference] = await cells(page, "Altogether", "Conversations").allInnerTexts();
    expect(Number(recorded)).toBeGreaterThan(0);
    expect([asItWas, whatIf, difference]).toEqual([recorded, recorded, "0"]);
    await expect(cells(page, "Altogether", "People").last()).toHaveText("+1");
    const heads = page.getByRole("region", { name: "Altogether, as a table", exact: true }).getByRole("columnheader");
    await expect(heads).toHaveText(["What is measured", "Recorded", "Played without the change", "Played with the change", "Difference made"]);
    await expect(page.getByRole("region", { name: "What was assumed", exact: true }).getByRole("listitem")).not.toHaveCount(0);
    await page.getByRole("region", { name: "Each queue", exact: true }).locator("summary").first().click();
    await expect(page.getByRole("region", { name: "Figures of one queue, as a table", exact: true }).first()).toBeVisible();
    await expectNoBarriers(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await expectNoBarriers(page);
    const overflows = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    expect(overflows, "nothing is wider than a phone").toBe(false);
  });
}

test("what came of it becomes files, and a refusal says what to do", async ({ people, server, faults }) => {
  // What is refused is written to the console by the browser.
  faults.allow(/status of 422 .*\/api\/insights\/what-if$/);
  const one = await people.agent(1);
  await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  const page = await open(people, server, "light");
  await page.getByRole("combobox", { name: "Transfer policy", exact: true }).selectOption({ label: "Flex" });
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("Transfers go as with the preset Flex.", { exact: true })).toBeVisible();

  for (const [button, ending] of [["Download CSV", "csv"], ["Download JSON", "json"]] as const) {
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: button, exact: true }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(new RegExp(`^what if \\d{4}-\\d\\d-\\d\\d to \\d{4}-\\d\\d-\\d\\d\\.${ending}$`));
    const text = await readFile(await download.path(), "utf8");
    if (ending === "csv") {
      expect(text.split("\r\n")[0]).toContain("recorded_wait_ms");
    } else {
      expect(JSON.parse(text).changes).toEqual(["Transfers go as with the preset Flex."]);
    }
  }

  // Nobody was there on a day before the demo began, so there is nobody to copy.
  await page.goto(server.at("/supervisor?report=what-if&from=2020-01-01&to=2020-01-01"));
  await page.getByRole("button", { name: "One person more", exact: true }).click();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText(/Choose other days or other people\.$/);
});

test("days are played by keyboard alone", async ({ people, server }) => {
  const one = await people.agent(1);
  await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  const page = await open(people, server, "light");
  const number = page.getByLabel("People more or fewer", { exact: true });
  await number.focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 person more everywhere.", { exact: true })).toBeVisible();
});
