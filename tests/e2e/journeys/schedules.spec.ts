// Reports are sent by themselves: scheduled in a dialog, tried out at once, changed and removed.

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Locator, Page } from "@playwright/test";
import { Desk } from "../desk.ts";
import { expect, expectNoBarriers, type People, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** What was posted, with its signature checked. */
interface Posted {
  id: string;
  isSigned: boolean;
  body: { type: string; data: { name: string; report: string; form: string; content: unknown } };
}

/** A program that takes reports, and answers with these in turn and then with success. */
class Receiver {
  readonly posted: Posted[] = [];
  readonly #answers: number[];
  readonly #server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString("utf8");
      const id = String(request.headers["webhook-id"]);
      const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
      const signed = `${id}.${request.headers["webhook-timestamp"]}.${text}`;
      const expected = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
      this.posted.push({ id, isSigned: request.headers["webhook-signature"] === expected, body: JSON.parse(text) });
      response.writeHead(this.#answers.shift() ?? 204).end();
    });
  });

  constructor(...answers: number[]) {
    this.#answers = answers;
  }

  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/reports`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function administrator(people: People, server: Server, colorScheme: "light" | "dark"): Promise<Page> {
  // What is refused is written to the console by the browser.
  people.faults.allow(/status of 422 .*\/api\/insights\/schedules$/);
  const page = await people.open("Administrator", { colorScheme, viewport: { width: 1280, height: 900 } });
  await page.goto(server.at("/"));
  await new Desk(page, "Administrator", "admin@demo.example").signIn();
  await page.goto(server.at("/supervisor?report=schedules"));
  await expect(page.getByText("No report is scheduled yet.", { exact: true })).toBeVisible();
  return page;
}

/** Says whether what is chosen fits beside the arrow of a select. */
function hasRoomForItsChoice(select: SVGElement | HTMLElement): boolean {
  const { font, paddingLeft, paddingRight } = getComputedStyle(select);
  const context = document.createElement("canvas").getContext("2d");
  const chosen = (select as HTMLSelectElement).selectedOptions[0];
  if (context === null || chosen === undefined) return false;
  context.font = font;
  const arrow = 20;
  const wanted = context.measureText(chosen.text).width + Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight);
  return wanted + arrow <= select.clientWidth;
}

const dialog = (page: Page, name: string): Locator => page.getByRole("dialog", { name, exact: true });

const scheduled = (page: Page, name: string): Locator =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });

for (const colorScheme of ["light", "dark"] as const) {
  test(`a report is scheduled, tried out, changed and removed, in ${colorScheme}`, async ({ people, server }) => {
    test.slow();
    const receiver = new Receiver(500);
    const url = await receiver.open();
    try {
      const page = await administrator(people, server, colorScheme);
      await expectNoBarriers(page);
      await page.getByRole("button", { name: "Schedule a report", exact: true }).click();
      const form = dialog(page, "Schedule a report");
      await form.getByRole("textbox", { name: "Name", exact: true }).fill("Daily queues");
      await form.getByRole("combobox", { name: "Report", exact: true }).selectOption({ label: "Queues and groups" });
      await form.getByRole("combobox", { name: "Time zone", exact: true }).selectOption("UTC");
      await form.getByLabel("At", { exact: true }).fill("06:30");
      await expect(form.getByText("BATON_SMTP_HOST"), "what is missing for mail is said from the beginning").toBeVisible();
      const day = String.raw`\w{3} \d{1,2}, \d{4}`;
      await expect(form.getByRole("status")).toHaveText(new RegExp(`^Next sent ${day} at 06:30, with ${day}\\.$`));
      await form.getByRole("combobox", { name: "Days of the report", exact: true }).selectOption({ label: "Last week" });
      await expect(form.getByRole("status")).toHaveText(new RegExp(`^Next sent ${day} at 06:30, with ${day} to ${day}\\.$`));
      await form.getByRole("combobox", { name: "Days of the report", exact: true }).selectOption({ label: "Yesterday" });
      const written = form.getByRole("combobox", { name: "Written as", exact: true });
      await expect(written.getByRole("option", { selected: true })).toHaveText("CSV, for spreadsheets");
      expect(await written.evaluate(hasRoomForItsChoice), "no choice is cut off").toBe(true);

      // What cannot be sent is refused where it was written, with what to do.
      await form.getByRole("combobox", { name: "How", exact: true }).selectOption({ label: "By mail" });
      await form.getByRole("textbox", { name: "Mail addresses, one a line", exact: true }).fill("lead@shop.example");
      await form.getByRole("button", { name: "Schedule it", exact: true }).click();
      await expect(form.getByRole("alert")).toContainText("--smtp-host");
      await expectNoBarriers(page);

      await form.getByRole("combobox", { name: "How", exact: true }).selectOption({ label: "To a webhook" });
      await form.getByRole("textbox", { name: "Address", exact: true }).fill(url);
      const secret = form.getByRole("textbox", { name: "Secret to sign with", exact: true });
      await form.getByRole("button", { name: "Make one", exact: true }).click();
      await expect(secret).toHaveValue(/^whsec_[A-Za-z0-9+/]{43}=$/);
      await secret.fill(SECRET);
      await form.getByRole("button", { name: "Schedule it", exact: true }).click();
      await expect(form).toBeHidden();
      const row = scheduled(page, "Daily queues");
      await expect(row).toContainText("Queues and groups, yesterday, as CSV · Every day at 06:30, UTC");
      await expect(row).toContainText(url);
      await expect(row).toContainText("Not yet");
      const other = await page.context().newPage();
      await other.goto(server.at("/supervisor?report=schedules"));
      await expect(scheduled(other, "Daily queues")).toContainText("Not yet");

      const send = row.getByRole("button", { name: "Send Daily queues now", exact: true });
      await send.click();
      const region = page.getByRole("region", { name: "Scheduled reports", exact: true });
      await expect(region.getByRole("alert")).toContainText("The webhook answered with status 500.");
      await expect(scheduled(other, "Daily queues"), "who only looks on sees it too").toContainText("status 500");
      await send.click();
      await expect(region.getByRole("status")).toHaveText("Daily queues was sent.");
      await expect(row).toContainText(/Sent \S+/);
      await expect(scheduled(other, "Daily queues")).toContainText(/Sent \S+/);
      await other.close();
      expect(receiver.posted).toHaveLength(2);
      for (const { isSigned, body } of receiver.posted) {
        expect(isSigned).toBe(true);
        expect([body.type, body.data.name, body.data.report, body.data.form]).toEqual([
          "report.made",
          "Daily queues",
          "queues",
          "csv",
        ]);
        expect(body.data.content).toContain("thing_kind,thing_id,thing_name,entered");
      }
      expect(receiver.posted[0]?.id).not.toBe(receiver.posted[1]?.id);

      await row.getByRole("button", { name: "Change Daily queues", exact: true }).click();
      const change = dialog(page, "Change Daily queues");
      await expect(change.getByLabel("At", { exact: true })).toHaveValue("06:30");
      await change.getByRole("combobox", { name: "Sent", exact: true }).selectOption({ label: "On days of the week" });
      await change.getByRole("checkbox", { name: "Friday", exact: true }).check();
      await change.getByRole("button", { name: "Save report", exact: true }).click();
      await expect(change).toBeHidden();
      await expect(row).toContainText("Every Monday, Friday at 06:30, UTC");
      await page.reload();
      await expect(row).toContainText("Every Monday, Friday at 06:30, UTC");
      await page.setViewportSize({ width: 390, height: 844 });
      await expectNoBarriers(page);

      await row.getByRole("button", { name: "Remove Daily queues", exact: true }).click();
      await dialog(page, "Remove Daily queues").getByRole("button", { name: "Remove report", exact: true }).click();
      await expect(page.getByText("No report is scheduled yet.", { exact: true })).toBeVisible();
    } finally {
      receiver.close();
    }
  });
}

test("a report is scheduled by keyboard alone", async ({ people, server }) => {
  const receiver = new Receiver();
  const url = await receiver.open();
  try {
    const page = await administrator(people, server, "light");
    const add = page.getByRole("button", { name: "Schedule a report", exact: true });
    await add.focus();
    await page.keyboard.press("Enter");
    const form = dialog(page, "Schedule a report");
    await expect(form).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(form).toBeHidden();
    await expect(add).toBeFocused();
    await page.keyboard.press("Enter");
    const focused = page.locator(":focus");
    /** Goes forward until the focus is on this. */
    const reach = async (target: Locator): Promise<void> => {
      await expect(target).toBeVisible();
      for (let step = 0; step < 60; step += 1) {
        if (await target.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`the focus never came to ${target}; it is on ${await focused.first().innerText()}`);
    };
    await reach(form.getByRole("textbox", { name: "Name", exact: true }));
    await page.keyboard.type("Agents");
    await reach(form.getByRole("textbox", { name: "Address", exact: true }));
    await page.keyboard.type(url);
    await reach(form.getByRole("textbox", { name: "Secret to sign with", exact: true }));
    await page.keyboard.type(SECRET);
    await page.keyboard.press("Enter");
    await expect(form).toBeHidden();
    const send = page.getByRole("button", { name: "Send Agents now", exact: true });
    await reach(send);
    await page.keyboard.press("Enter");
    await expect.poll(() => receiver.posted.length).toBe(1);
    await expect(send).toBeFocused();
  } finally {
    receiver.close();
  }
});
