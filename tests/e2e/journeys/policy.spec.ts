// How transfers go: an administrator sets it, and desks follow at once.

import type { Locator, Page } from "@playwright/test";

import { RemoteCustomer } from "../api.ts";
import { expect, expectNoBarriers, type People, test } from "../fixtures.ts";

/** Signs somebody in at the page about transfers. */
async function openTransfers(people: People, who: string, email: string): Promise<Page> {
  const page = await people.open(who);
  await page.goto(people.server.at("/admin/transfers"));
  await page.getByRole("textbox", { name: "Email", exact: true }).fill(email);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill("baton-demo");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Transfers", exact: true })).toBeVisible();
  return page;
}

async function openAsAdministrator(people: People): Promise<Page> {
  const page = await openTransfers(people, "Administrator", "admin@demo.example");
  await expect(preset(page, "Baton")).toBeChecked();
  return page;
}

function preset(page: Page, name: string): Locator {
  const group = page.getByRole("radiogroup", { name: "Preset", exact: true });
  return group.getByRole("radio", { name, exact: true });
}

function combobox(part: Page | Locator, name: string): Locator {
  return part.getByRole("combobox", { name, exact: true });
}

async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("status")).toHaveText("Saved");
}

test("an administrator chooses a preset, sees what it means, and saves it", async ({ people }) => {
  const page = await openAsAdministrator(people);
  const release = combobox(page, "The sender lets go");
  await expect(release).toHaveValue("accept");
  for (const name of ["Flex", "Flex plugin", "Salesforce", "SuperOffice", "Vivocha", "Baton"]) {
    await preset(page, name).check();
  }
  await preset(page, "Flex plugin").check();
  await expect(release).toHaveValue("request");
  await expect(release).toHaveAccessibleDescription(/^The sender is free as soon as they ask/);
  await expect(page.getByText("Not saved yet", { exact: true })).toBeVisible();
  await expect(page.getByRole("status")).toHaveText("");

  await combobox(page, "Notes for the receiver").selectOption("Required");
  await page.getByRole("textbox", { name: "Time to answer an offer", exact: true }).fill("90");
  await expect(page.getByText("has 1 minute 30 seconds to answer")).toBeVisible();
  await expect(page.getByText("Changed from Flex plugin: 2 switches", { exact: true })).toBeVisible();
  await save(page);
  await expect(page.getByText("Not saved yet", { exact: true })).toBeHidden();

  await page.reload();
  await expect(preset(page, "Flex plugin")).toBeChecked();
  await expect(release).toHaveValue("request");
  await expect(combobox(page, "Notes for the receiver")).toHaveValue("required");
  await expect(page.getByText("Changed from Flex plugin: 2 switches", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Set back: Notes for the receiver", exact: true }).click();
  await expect(page.getByText("Changed from Flex plugin: 1 switch", { exact: true })).toBeVisible();
});

test("two administrators who change different switches keep both", async ({ people }) => {
  const first = await openAsAdministrator(people);
  const second = await openAsAdministrator(people);
  await combobox(first, "Notes for the receiver").selectOption("Required");
  await save(first);
  await second.getByRole("textbox", { name: "Time to answer an offer", exact: true }).fill("45");
  await save(second);
  await expect(combobox(second, "Notes for the receiver"), "what holds now is shown").toHaveValue("required");
  await first.reload();
  await expect(combobox(first, "Notes for the receiver")).toHaveValue("required");
  await expect(first.getByRole("textbox", { name: "Time to answer an offer", exact: true })).toHaveValue("45");
});

test("what cannot be saved is said at the top, and leaving with changes asks", async ({ people, faults }) => {
  faults.allow(/status of 4\d\d/);
  const page = await openAsAdministrator(people);
  const time = page.getByRole("textbox", { name: "Time to answer an offer", exact: true });
  await time.fill("soon");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText("Time to answer an offer: Enter a whole number from 1 to 86400.");
  await expect(time).toBeFocused();
  await time.fill("30");

  const ways = page.getByRole("group", { name: "Ways to pass on", exact: true });
  for (const way of await ways.getByRole("checkbox").all()) await way.uncheck();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("alert"), "what the server says").toContainText("Choose at least one mode");
  await expect(page.getByRole("status")).toHaveText("");

  page.once("dialog", (question) => void question.dismiss());
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(ways, "whoever thinks again stays").toBeVisible();

  const asked = page.waitForEvent("dialog");
  const leaving = page.getByRole("link", { name: "Desk", exact: true }).click();
  const question = await asked;
  expect(question.type()).toBe("beforeunload");
  await question.dismiss();
  await leaving.catch(() => undefined);
  await expect(ways).toBeVisible();
  await preset(page, "Baton").check();
  await page.getByRole("link", { name: "Desk", exact: true }).click();
  await expect(page.getByRole("navigation", { name: "Conversations", exact: true })).toBeVisible();
});

test("a change is on an agent's desk at once: no transfers, no notes, notes required", async ({ people, server }) => {
  const page = await openAsAdministrator(people);
  const one = await people.agent(1);
  await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  const transfer = one.page.getByRole("menuitem", { name: "Transfer", exact: true });
  const note = one.dialog("Transfer").getByRole("textbox", { name: "Notes for agent", exact: true });
  const enabled = page.getByRole("checkbox", { name: "Messaging transfers", exact: true });

  await enabled.uncheck();
  await save(page);
  await one.task.click();
  await expect(one.page.getByRole("menuitem", { name: "End conversation", exact: true })).toBeVisible();
  await expect(transfer).toHaveCount(0);
  await one.page.keyboard.press("Escape");

  await enabled.check();
  await combobox(page, "Notes for the receiver").selectOption("Off");
  await save(page);
  await one.chooseTask("Transfer");
  await one.dialog("Transfer").getByRole("tab", { name: "Queues", exact: true }).click();
  await one.dialog("Transfer").getByRole("button", { name: "Transfer to Billing", exact: true }).click();
  await expect(one.dialog("Transfer").getByRole("button", { name: "Confirm transfer", exact: true })).toBeVisible();
  await expect(note).toHaveCount(0);
  await one.page.keyboard.press("Escape");

  await combobox(page, "Notes for the receiver").selectOption("Required");
  await save(page);
  await one.chooseTask("Transfer");
  await one.dialog("Transfer").getByRole("tab", { name: "Queues", exact: true }).click();
  await one.dialog("Transfer").getByRole("button", { name: "Transfer to Billing", exact: true }).click();
  await expect(note).toBeVisible();
});

test("a queue sets a switch differently, and is as everywhere again", async ({ people, server }) => {
  const page = await openAsAdministrator(people);
  const one = await people.agent(1);
  await RemoteCustomer.start(server, "Ada Lovelace", "It is broken.");
  await one.accept("Ada Lovelace");
  const part = page.getByRole("listitem").filter({ hasText: "Set differently for Technical support…" });
  const dialog = page.getByRole("dialog", { name: "Set differently for Technical support", exact: true });
  await part.getByRole("button").click();
  await combobox(dialog, "Add a switch").selectOption("Messaging transfers");
  await dialog.getByRole("checkbox", { name: "Messaging transfers", exact: true }).uncheck();
  await expectNoBarriers(page);
  await dialog.getByRole("button", { name: "Save for Technical support", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("status")).toHaveText("Saved");
  await expect(part).toContainText("1 switch differs: Messaging transfers");
  await one.task.click();
  await expect(one.page.getByRole("menuitem", { name: "End conversation", exact: true })).toBeVisible();
  await expect(one.page.getByRole("menuitem", { name: "Transfer", exact: true })).toHaveCount(0);
  await one.page.keyboard.press("Escape");

  await part.getByRole("button").click();
  await dialog.getByRole("button", { name: "As everywhere: Messaging transfers", exact: true }).click();
  await dialog.getByRole("button", { name: "Save for Technical support", exact: true }).click();
  await expect(part).toContainText("As everywhere");
  await one.chooseTask("Transfer");
  await expect(one.dialog("Transfer")).toBeVisible();
});

test("a group is added, changed and removed, and its availability is live", async ({ people }) => {
  const page = await openAsAdministrator(people);
  const groups = page.getByRole("region", { name: "Transfer groups", exact: true });
  const row = groups.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Night shift", exact: true }) });
  await groups.getByRole("button", { name: "Add group", exact: true }).click();
  const adding = page.getByRole("dialog", { name: "Add group", exact: true });
  await adding.getByRole("button", { name: "Add", exact: true }).click();
  await expect(adding.getByRole("alert")).toHaveText("Give the group a name.");
  await adding.getByRole("textbox", { name: "Name", exact: true }).fill("Night shift");
  await adding.getByRole("checkbox", { name: "Refunds", exact: true }).check();
  await expect(adding.getByText("Everyone with the skill Refunds belongs to it.")).toBeVisible();
  await expectNoBarriers(page);
  await adding.getByRole("button", { name: "Add", exact: true }).click();
  await expect(adding).toBeHidden();
  await expect(page.getByRole("status")).toHaveText("Saved");
  await expect(row).toContainText("0 of 6");
  const one = await people.agent(1);
  await expect(row, "one of its members has come").toContainText("1 of 6");
  await one.choose("Away");
  await expect(row).toContainText("0 of 6");

  await row.getByRole("button", { name: "Change Night shift", exact: true }).click();
  const changing = page.getByRole("dialog", { name: "Change Night shift", exact: true });
  await changing.getByRole("radio", { name: "Any of the skills", exact: true }).check();
  await changing.getByRole("combobox", { name: "Priority", exact: true }).selectOption("High");
  await changing.getByRole("button", { name: "Save group", exact: true }).click();
  await expect(row).toContainText("Any of them");
  await expect(row).toContainText("High");

  await row.getByRole("button", { name: "Remove Night shift", exact: true }).click();
  const removing = page.getByRole("dialog", { name: "Remove Night shift", exact: true });
  await expect(removing).toContainText("go to the queue they came from");
  await expectNoBarriers(page);
  await removing.getByRole("button", { name: "Remove group", exact: true }).click();
  await expect(row).toHaveCount(0);
});

test("a supervisor defines a group of their team, and the history says who did", async ({ people }) => {
  const supervisor = await openTransfers(people, "Supervisor", "supervisor@demo.example");
  const groups = supervisor.getByRole("region", { name: "Transfer groups", exact: true });
  await expect(groups.getByRole("button", { name: "Change Refunds", exact: true }), "it is no team's").toHaveCount(0);
  await groups.getByRole("button", { name: "Add group", exact: true }).click();
  const adding = supervisor.getByRole("dialog", { name: "Add group", exact: true });
  await expect(adding.getByRole("combobox", { name: "Team", exact: true }).getByRole("option")).toHaveText(["First line", "Second line"]);
  await adding.getByRole("textbox", { name: "Name", exact: true }).fill("Weekend");
  await expect(adding.getByText("Everyone in the team First line belongs to it.")).toBeVisible();
  await expectNoBarriers(supervisor);
  await adding.getByRole("button", { name: "Add", exact: true }).click();
  await expect(groups.getByRole("button", { name: "Change Weekend", exact: true })).toBeVisible();

  const admin = await openAsAdministrator(people);
  const history = admin.getByRole("region", { name: "History of changes", exact: true });
  await expect(history.getByRole("listitem").first()).toContainText("Supervisor added the group Weekend");
  const row = admin.getByRole("row").filter({ has: admin.getByRole("rowheader", { name: "Weekend", exact: true }) });
  await row.getByRole("button", { name: "Remove Weekend", exact: true }).click();
  await admin.getByRole("dialog").getByRole("button", { name: "Remove group", exact: true }).click();
  await expect(row).toHaveCount(0);
  await expect(history.getByRole("listitem").first()).toContainText("Administrator removed the group Weekend");
  await expectNoBarriers(admin);
});

test("a supervisor sees the groups only, and an agent is told who may", async ({ people, faults }) => {
  faults.allow(/status of 401/);
  const supervisor = await openTransfers(people, "Supervisor", "supervisor@demo.example");
  await expect(supervisor.getByRole("rowheader", { name: "Refunds", exact: true })).toBeVisible();
  await expect(supervisor.getByRole("radiogroup")).toHaveCount(0);
  await expect(supervisor.getByRole("button", { name: "Save", exact: true })).toHaveCount(0);
  await expectNoBarriers(supervisor);
  const agent = await openTransfers(people, "Agent One", "agent-1@demo.example");
  await expect(agent.getByText(/^Administrators set up how transfers go/)).toBeVisible();
  await expectNoBarriers(agent);
  await agent.getByRole("link", { name: "Go to your desk", exact: true }).click();
  await expect(agent.getByRole("link", { name: "Administration", exact: true })).toHaveCount(0);
  await supervisor.getByRole("link", { name: "Desk", exact: true }).click();
  await supervisor.getByRole("link", { name: "Administration", exact: true }).click();
  await expect(supervisor).toHaveURL(/\/admin\/transfers$/);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the page has no barriers in ${colorScheme}, and fits a small screen`, async ({ people }) => {
    const page = await openAsAdministrator(people);
    await page.emulateMedia({ colorScheme });
    await combobox(page, "Targets allowed").selectOption("Only those ticked");
    await expect(page.getByRole("group", { name: "Targets", exact: true })).toContainText("Billing");
    await expectNoBarriers(page);
    await page.setViewportSize({ width: 360, height: 740 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    const main = await page.getByRole("main").evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(main).toBeLessThanOrEqual(0);
    await expectNoBarriers(page);
  });
}

test("presets and switches work by keyboard alone", async ({ people }) => {
  const page = await openAsAdministrator(people);
  await preset(page, "Baton").focus();
  await page.keyboard.press("ArrowUp");
  await expect(preset(page, "Vivocha")).toBeChecked();
  await expect(preset(page, "Vivocha")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("checkbox", { name: "Messaging transfers", exact: true })).toBeFocused();
  await page.keyboard.press("Space");
  await expect(page.getByText("Changed from Vivocha: 1 switch", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).press("Enter");
  await expect(page.getByRole("status")).toHaveText("Saved");
});
