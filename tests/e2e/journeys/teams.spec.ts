// An administrator says who leads whom, and supervisors see the work of their teams from then on.

import type { Locator, Page } from "@playwright/test";

import { Desk } from "../desk.ts";
import { expect, expectNoBarriers, test } from "../fixtures.ts";

const row = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });

const box = (dialog: Locator, part: "Supervisors" | "Agents", name: string) =>
  dialog.getByRole("group", { name: part, exact: true }).getByRole("checkbox", { name, exact: true });

const press = (part: Page | Locator, name: string) => part.getByRole("button", { name, exact: true }).click();

test("who leads a team decides what a supervisor sees", async ({ people, server, faults }) => {
  faults.allow(/status of 4\d\d/);
  const wall = await people.open("Supervisor");
  await wall.goto(server.at("/"));
  await new Desk(wall, "Supervisor", "supervisor@demo.example").signIn();
  await wall.goto(server.at("/supervisor"));
  await wall.getByRole("tab", { name: "Agents", exact: true }).click();
  await expect(row(wall, "Agent Four")).toBeVisible();

  const page = await people.open("Administrator");
  await page.goto(server.at("/"));
  await new Desk(page, "Administrator", "admin@demo.example").signIn();
  await page.goto(server.at("/admin/teams"));
  await expect(page.getByRole("heading", { level: 1, name: "Teams", exact: true })).toBeVisible();
  await expect(row(page, "Second line")).toContainText("Agent Five, Agent Four, Agent Six");
  await expectNoBarriers(page);

  await press(page, "Change Second line");
  const change = page.getByRole("dialog", { name: "Change Second line", exact: true });
  await expect(change.getByText("Supervisor sees the work of 3 agents and may step in.")).toBeVisible();
  await expect(box(change, "Supervisors", "Agent Four"), "agents lead nobody").toHaveCount(0);
  await box(change, "Supervisors", "Supervisor").uncheck();
  await expect(change.getByText("Nobody leads it yet; 3 agents in it.")).toBeVisible();
  await expectNoBarriers(page);
  await press(change, "Save team");
  await expect(change).toBeHidden();
  await expect(page.getByRole("status")).toHaveText("Saved");
  await expect(row(wall, "Agent Four")).toHaveCount(0);
  await expect(row(wall, "Agent One")).toBeVisible();

  await press(page, "Add team");
  const add = page.getByRole("dialog", { name: "Add team", exact: true });
  await press(add, "Add");
  await expect(add.getByText("Give the team a name.")).toBeVisible();
  await add.getByRole("textbox", { name: "Name", exact: true }).fill("Night shift");
  await box(add, "Supervisors", "Supervisor").check();
  await box(add, "Agents", "Agent Six").check();
  await press(add, "Add");
  await expect(row(page, "Night shift")).toContainText("Agent Six");
  await expect(row(wall, "Agent Six")).toBeVisible();
  await expect(row(wall, "Agent Four")).toHaveCount(0);

  await press(page, "Remove Night shift");
  await press(page.getByRole("dialog", { name: "Remove Night shift", exact: true }), "Remove team");
  await expect(row(page, "Night shift")).toHaveCount(0);
  await expect(row(wall, "Agent Six")).toHaveCount(0);
});

test("a supervisor sets up no teams", async ({ people, server, faults }) => {
  faults.allow(/status of 401/);
  const page = await people.open("Supervisor");
  await page.goto(server.at("/"));
  await new Desk(page, "Supervisor", "supervisor@demo.example").signIn();
  await page.goto(server.at("/admin/teams"));
  await expect(page.getByText("Administrators set up the teams. Ask one of them to change something.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add team", exact: true })).toHaveCount(0);
});
