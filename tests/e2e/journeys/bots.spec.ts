// Who is no agent: a flow that asks first, a workflow that is tried out, and a partner outside.

import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Page } from "@playwright/test";

import { queueNamed, signIn } from "../api.ts";
import { expect, expectNoBarriers, type People, test } from "../fixtures.ts";

const ADA = "Ada Lovelace";

async function openTransfers(people: People): Promise<Page> {
  const page = await people.open("Administrator");
  await page.goto(people.server.at("/admin/transfers"));
  await page.getByRole("textbox", { name: "Email", exact: true }).fill("admin@demo.example");
  await page.getByRole("textbox", { name: "Password", exact: true }).fill("baton-demo");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Transfers", exact: true })).toBeVisible();
  return page;
}

/** Writes something new down in a section of the page. */
async function add(page: Page, noun: string, definition: object | string): Promise<void> {
  await page.getByRole("button", { name: `Add ${noun}`, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Add ${noun}`, exact: true });
  const text = typeof definition === "string" ? definition : JSON.stringify(definition, null, 2);
  await dialog.getByRole("tab", { name: "JSON", exact: true }).click();
  await dialog.getByRole("textbox", { name: "Definition", exact: true }).fill(text);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
}

test("a flow greets, asks and passes on, and gets a conversation back", async ({ people, faults }) => {
  faults.allow(/status of 4\d\d/);
  const billing = await queueNamed(people.server, "Billing");
  const page = await openTransfers(people);
  await add(page, "flow", "{ \"name\": ");
  const dialog = page.getByRole("dialog", { name: "Add flow", exact: true });
  await expect(dialog.getByRole("alert")).toContainText("Line 1");
  await expectNoBarriers(page);
  await dialog.getByRole("button", { name: "Back", exact: true }).click();
  await add(page, "flow", {
    name: "Reception",
    entrance: "web_chat",
    fallback: billing,
    steps: [
      { name: "hello", does: { kind: "say", text: "Hello, I am the assistant." } },
      {
        name: "topic",
        does: {
          kind: "ask",
          text: "Is it about an invoice or a parcel?",
          attribute: "topic",
          check: { kind: "choice", of: ["invoice", "parcel"] },
          again: "Please write invoice or parcel.",
          tries: 3,
        },
      },
      { name: "go", does: { kind: "transfer", target: { kind: "queue", id: billing }, note: "About an {topic}" } },
    ],
  });
  await expect(page.getByRole("rowheader", { name: "Reception", exact: true })).toBeVisible();

  const one = await people.agent(1);
  const ada = await people.customer(ADA, "Good morning");
  await expect(ada.log).toContainText("Hello, I am the assistant.");
  await expect(ada.log).toContainText("Is it about an invoice or a parcel?");
  await expect(one.offer(ADA)).toHaveCount(0);
  await ada.say("A submarine");
  await expect(ada.log).toContainText("Please write invoice or parcel.");
  await ada.say("Invoice");

  await expect(one.offer(ADA)).toContainText("Billing");
  await expect(one.offer(ADA)).toContainText("About an invoice");
  await one.accept(ADA);
  await expect(one.log).toContainText("A submarine");
  await expect(one.log).toContainText("Reception");
  await one.say("Which invoice is it?");
  await expect(ada.log).toContainText("Which invoice is it?");

  await one.chooseTask("Transfer");
  const transfer = one.dialog("Transfer");
  await transfer.getByRole("tab", { name: "Flows", exact: true }).click();
  await expect(one.place("Reception")).toBeVisible();
  await expectNoBarriers(one.page);
  await transfer.getByRole("button", { name: "Transfer to Reception", exact: true }).click();
  await transfer.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(transfer).toBeHidden();
  await expect(ada.log.getByText("Is it about an invoice or a parcel?")).toHaveCount(2);
});

test("a flow is put together in its form, step by step, and kept as JSON alike", async ({ people }) => {
  const page = await openTransfers(people);
  await page.getByRole("button", { name: "Add flow", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Add flow", exact: true });
  const field = (name: string) => dialog.getByRole("textbox", { name, exact: true });
  const choice = (name: string) => dialog.getByRole("combobox", { name, exact: true });
  await field("Name").fill("Reception");
  await choice("Entrance").selectOption("New web chats begin here");
  await field("Step 1: Text").fill("Welcome to the desk.");
  await dialog.getByRole("button", { name: "Remove step 2", exact: true }).click();
  await choice("Step 2: Does").selectOption("Ask something");
  await expect(choice("Step 2: Does"), "the focus stays where it was").toBeFocused();
  await field("Step 2: Question").fill("What is it about?");
  await field("Step 2: Attribute").fill("topic");
  await choice("Step 2: An answer is").selectOption("One of these");
  await field("Step 2: Choices").fill("invoice, parcel");
  await dialog.getByRole("button", { name: "Add step", exact: true }).click();
  await expect(field("Step 3: Step name")).toBeFocused();
  await field("Step 3: Step name").fill("bye");
  await choice("Step 3: Does").selectOption("Pass it on");
  await choice("Step 3: To a").selectOption("Group");
  await choice("Step 3: Target").selectOption("Refunds");
  await choice("Step 2: Next").selectOption("bye");
  await dialog.getByRole("button", { name: "Move up step 3", exact: true }).click();
  await dialog.getByRole("button", { name: "Move up step 2", exact: true }).focus();
  await dialog.getByRole("button", { name: "Move up step 3", exact: true }).click();
  await expectNoBarriers(page);
  await dialog.getByRole("tab", { name: "JSON", exact: true }).click();
  const written = JSON.parse(await field("Definition").inputValue());
  expect(written.steps.map((step: { name: string }) => step.name)).toEqual(["hello", "go", "bye"]);
  expect(written.steps[1].does.check).toEqual({ kind: "choice", of: ["invoice", "parcel"] });
  expect(written.steps[1].next).toBe("bye");
  await dialog.getByRole("tab", { name: "Form", exact: true }).click();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("rowheader", { name: "Reception", exact: true })).toBeVisible();
  const ada = await people.customer(ADA, "Good morning");
  await expect(ada.log).toContainText("Welcome to the desk.");
  await expect(ada.log).toContainText("What is it about?");

  await page.getByRole("button", { name: "Add workflow", exact: true }).click();
  const workflow = page.getByRole("dialog", { name: "Add workflow", exact: true });
  await workflow.getByRole("textbox", { name: "Name", exact: true }).fill("By tier");
  await workflow.getByRole("textbox", { name: "Filter 1: When", exact: true }).fill('attributes.tier == "gold"');
  await workflow.getByRole("combobox", { name: "Filter 1, step 1: Queue", exact: true }).selectOption("Sales");
  await workflow.getByRole("combobox", { name: "Filter 1, step 1: Passed over", exact: true }).selectOption("When nobody is free");
  await workflow.getByRole("button", { name: "Filter 1, step 1: Add skill", exact: true }).click();
  await workflow.getByRole("combobox", { name: "Filter 1, step 1, skill 1: Level", exact: true }).selectOption("7");
  await expectNoBarriers(page);
  await workflow.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("rowheader", { name: "By tier", exact: true })).toBeVisible();
});

test("a workflow is tried out before anybody is in it", async ({ people, faults }) => {
  faults.allow(/status of 4\d\d/);
  const billing = await queueNamed(people.server, "Billing");
  const page = await openTransfers(people);
  const definition = {
    name: "By tier",
    filters: [{ name: "Gold", when: "attributes.tier = \"gold\"", steps: [{ queue: billing, timeout_secs: 60 }] }],
    default: [],
    fallback: billing,
  };
  await add(page, "workflow", definition);
  const dialog = page.getByRole("dialog", { name: "Add workflow", exact: true });
  await expect(dialog.getByRole("alert")).toContainText("Gold");
  await dialog.getByRole("button", { name: "Back", exact: true }).click();
  await add(page, "workflow", {
    ...definition,
    filters: definition.filters.map((filter) => ({ ...filter, when: 'attributes.tier == "gold"' })),
  });
  await page.getByRole("button", { name: "Try By tier", exact: true }).click();
  const trial = page.getByRole("dialog", { name: "Try By tier", exact: true });
  await trial.getByRole("textbox", { name: "Attributes", exact: true }).fill("tier = gold");
  await trial.getByRole("button", { name: "Try", exact: true }).click();
  await expect(trial.getByRole("listitem").filter({ hasText: "Gold matches" })).toBeVisible();
  await expect(trial.getByText("Nobody could be offered it now.")).toBeVisible();
  await expectNoBarriers(page);
  await trial.getByRole("textbox", { name: "Attributes", exact: true }).fill("tier = tin");
  await trial.getByRole("button", { name: "Try", exact: true }).click();
  await expect(trial.getByRole("listitem").filter({ hasText: "Gold does not match" })).toBeVisible();
});

test("a partner outside takes a conversation over a signed webhook, and gives it back", async ({ people, server }) => {
  const secret = randomBytes(32);
  const sign = (id: string, timestamp: string, body: string): string =>
    `v1,${createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  const asked: { note: string; signed: boolean; conversation: string }[] = [];
  const partner = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString();
      const header = (name: string): string => String(request.headers[name]);
      const expected = sign(header("webhook-id"), header("webhook-timestamp"), body);
      const { data } = JSON.parse(body) as { data: { note: string; conversation: string } };
      asked.push({ ...data, signed: header("webhook-signature").split(" ").includes(expected) });
      response.setHeader("Content-Type", "application/json").end('{"decision":"accept"}');
    });
  });
  await new Promise<void>((listening) => partner.listen(0, "127.0.0.1", listening));
  try {
    const { port } = partner.address() as AddressInfo;
    const page = await openTransfers(people);
    const url = `http://127.0.0.1:${port}/`;
    await add(page, "external contact", { name: "Parcel service", url, secret: `whsec_${secret.toString("base64")}` });
    await expect(page.getByRole("rowheader", { name: "Parcel service", exact: true })).toBeVisible();
    await expectNoBarriers(page);

    const one = await people.agent(1);
    const ada = await people.customer(ADA, "Where is my parcel?");
    await one.accept(ADA);
    await one.transfer("Parcel service", { tab: "External", note: "Two weeks late" });
    await expect(ada.status).toContainText("Parcel service");
    await expect(one.entry("Wrap-up")).toBeVisible();
    expect(asked.map(({ note, signed }) => ({ note, signed }))).toEqual([{ note: "Two weeks late", signed: true }]);

    const { conversation } = asked[0] ?? { conversation: "" };
    const call = async (what: string, fields: object): Promise<number> => {
      const [id, timestamp] = [randomUUID(), String(Math.floor(Date.now() / 1000))];
      const body = JSON.stringify({ conversation, ...fields });
      const response = await fetch(server.at(`/api/external/${conversation}/${what}`), {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "webhook-id": id,
          "webhook-timestamp": timestamp,
          "webhook-signature": sign(id, timestamp, body),
        },
        body,
      });
      return response.status;
    };
    expect(await call("messages", { text: "It is in Lyon." })).toBe(201);
    await expect(ada.log).toContainText("It is in Lyon.");
    await one.choose("Away");
    const two = await people.agent(2);
    expect(await call("return", { note: "Arrives on Monday" })).toBe(204);
    await expect(two.offer(ADA)).toContainText("Arrives on Monday");
    await two.accept(ADA);
    await expect(two.log).toContainText("It is in Lyon.");
  } finally {
    partner.close();
  }
});
