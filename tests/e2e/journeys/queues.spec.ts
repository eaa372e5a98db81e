// When nobody is there: an administrator sets a queue's hours, and a customer leaves a message instead.

import type { Locator, Page } from "@playwright/test";

import { expect, expectNoBarriers, test } from "../fixtures.ts";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

function textbox(part: Page | Locator, name: string): Locator {
  return part.getByRole("textbox", { name, exact: true });
}

test("outside the hours a customer leaves a message, and is told its number", async ({ people, server, faults }) => {
  faults.allow(/status of 4\d\d/);
  const early = await people.visitor("Ada Lovelace");
  await expect(early.startButton).toBeVisible();

  const page = await people.open("Administrator");
  await page.goto(server.at("/admin/queues"));
  await textbox(page, "Email").fill("admin@demo.example");
  await textbox(page, "Password").fill("baton-demo");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Queues", exact: true })).toBeVisible();
  const rows = page.getByRole("row").filter({ has: page.getByRole("button", { name: /^Change / }) });
  await expect(rows.first()).toBeVisible();
  await expectNoBarriers(page);

  for (const row of await rows.all()) {
    await row.getByRole("button", { name: /^Change / }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("checkbox", { name: "Open at certain times only", exact: true }).check();
    // Only on a day that is neither today nor next to it, wherever the clock of the machine stands.
    for (const day of DAYS) await textbox(dialog, day).fill("");
    await textbox(dialog, DAYS[(new Date().getDay() + 3) % 7] ?? "Monday").fill("09:00-17:00");
    await textbox(dialog, "Time zone").fill("Europe/Atlantis");
    await dialog.getByRole("button", { name: "Save queue", exact: true }).click();
    await expect(dialog.getByText("There is no such time zone.")).toBeVisible();
    await expect(textbox(dialog, "Time zone")).toBeFocused();
    await expect(textbox(dialog, "Time zone")).toHaveAttribute("aria-invalid", "true");
    await expect(textbox(dialog, "Time zone")).toHaveAccessibleDescription(/^There is no such time zone\./);
    await expectNoBarriers(page);
    await textbox(dialog, "Time zone").fill("Europe/Madrid");
    await textbox(dialog, "Most who wait").fill("many");
    await expect(dialog.getByRole("button", { name: "Save queue", exact: true }), "however long the form is").toBeInViewport();
    await textbox(dialog, "Most who wait").press("Enter");
    await expect(textbox(dialog, "Most who wait")).toBeFocused();
    await expect(textbox(dialog, "Most who wait")).toHaveAccessibleDescription(/^Most who wait: write a whole number/);
    await expect(textbox(dialog, "Time zone")).not.toHaveAttribute("aria-invalid");
    await textbox(dialog, "Most who wait").fill("");
    await dialog.getByRole("button", { name: "Save queue", exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("status")).toHaveText("Saved");
    await expect(row.getByText(/^Closed until /)).toBeVisible();
  }

  // Who had the page open already is asked for an address, and what they wrote stays.
  await early.nameBox.fill("Ada Lovelace");
  await early.questionBox.fill("When do you open?");
  await early.startButton.click();
  await expect(textbox(early.page, "Email")).toBeFocused();
  await expect(early.questionBox).toHaveValue("When do you open?");

  const late = await people.visitor("Bob");
  const leave = late.page.getByRole("button", { name: "Leave message", exact: true });
  await expect(leave).toBeVisible();
  await expect(late.page.getByText(/^We are closed until /)).toBeVisible();
  await expectNoBarriers(late.page);
  await late.nameBox.fill("Bob");
  await late.questionBox.fill("My parcel is lost");
  await leave.click();
  await expect(textbox(late.page, "Email")).toHaveAttribute("aria-invalid", "true");
  await textbox(late.page, "Email").fill("bob@example.com");
  await leave.click();
  await expect(late.status).toHaveText("Your request number is 1. We will answer later.");
  await expect(late.page.getByText("We may also write to bob@example.com.")).toBeVisible();
  await expectNoBarriers(late.page);
});
