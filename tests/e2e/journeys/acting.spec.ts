// Two supervisors of different teams: each acts on the work of their own team, and neither sees that of the other.

import type { Page } from "@playwright/test";
import { ask, signIn } from "../api.ts";
import { Desk } from "../desk.ts";
import { expect, expectNoBarriers, type People, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

/** The row of a thing. */
const row = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });

const open = (page: Page, tab: string) => page.getByRole("tab", { name: tab, exact: true }).click();

/** Presses a button in the row of a thing. */
const press = (page: Page, name: string, button: string) =>
  row(page, name).getByRole("button", { name: button, exact: true }).click();

const OTHER = "other-supervisor@demo.example";

/** Adds a supervisor who leads a team of Agent Six alone. */
async function addOtherTeam(server: Server): Promise<void> {
  const cookie = { Cookie: await signIn(server, "admin@demo.example") };
  const everyone = await (await fetch(server.at("/api/people"), { headers: cookie })).json();
  const six = everyone.find((person: { name: string }) => person.name === "Agent Six");
  const other = await ask(
    server,
    "POST",
    "/api/people",
    { name: "Other Supervisor", email: OTHER, password: "baton-demo", role: "supervisor", capacity: 4, interruptible_capacity: null },
    cookie,
  );
  await ask(server, "POST", "/api/teams", { name: "Other", agents: [six.id], supervisors: [other.id] }, cookie);
}

/** Opens somebody's wall, at the conversations. */
async function wall(people: People, server: Server, name: string, email: string): Promise<Page> {
  const page = await people.open(name);
  await page.goto(server.at("/"));
  await new Desk(page, name, email).signIn();
  await page.goto(server.at("/supervisor"));
  await open(page, "Conversations");
  return page;
}

test("each of two supervisors acts on the work of their own team, and sees none of the other's", async ({ people, server, faults }) => {
  faults.allow(/status of 401/);
  await addOtherTeam(server);
  const one = await people.agent(1);
  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  const page = await wall(people, server, "Supervisor", "supervisor@demo.example");
  const other = await wall(people, server, "Other Supervisor", OTHER);
  await expect(row(page, "Ada Lovelace")).toContainText("Agent One");
  await expect(row(other, "Ada Lovelace")).toHaveCount(0);

  // The agent asks for help.
  await one.chooseTask("Raise flag");
  const raise = one.dialog("Raise flag");
  await raise.getByRole("textbox", { name: "Message", exact: true }).fill("A refund is beyond me");
  await expectNoBarriers(one.page);
  await raise.getByRole("button", { name: "Raise flag", exact: true }).click();
  await expect(one.page.getByText("Flag raised: A refund is beyond me", { exact: true })).toBeVisible();
  await expect(row(page, "Ada Lovelace")).toContainText("Agent One: A refund is beyond me");

  // Listening in shows the thread, and nobody else sees it.
  await press(page, "Ada Lovelace", "Listen in");
  const log = page.getByRole("log", { name: "Messages", exact: true });
  await expect(log).toContainText("My invoice is wrong.");
  const listening = page.getByRole("status").filter({ hasText: "Listening" });
  await expect(listening).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Message", exact: true })).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "Whisper", exact: true })).toHaveCount(0);
  await one.say("I am looking into it.");
  await expect(log).toContainText("I am looking into it.");
  await expectNoBarriers(page);
  await expect(one.page.getByText("Supervisor", { exact: true })).toHaveCount(0);

  // A whisper reaches the agent, who answers; the customer sees neither.
  await press(page, "Ada Lovelace", "Whisper");
  await page.getByRole("textbox", { name: "Whisper", exact: true }).fill("Offer ten euros");
  await page.getByRole("button", { name: "Send whisper", exact: true }).click();
  const whispers = one.page.getByRole("log", { name: "Whispers", exact: true });
  await expect(whispers).toContainText("Offer ten euros");
  await one.page.getByRole("textbox", { name: "Whisper", exact: true }).fill("I will");
  await one.page.getByRole("button", { name: "Send whisper", exact: true }).click();
  await expect(page.getByRole("log", { name: "Whispers", exact: true })).toContainText("I will");
  await expectNoBarriers(one.page);
  await expectNoBarriers(page);
  await expect(customer.page.getByText("Offer ten euros")).toHaveCount(0);

  await page.getByRole("button", { name: "Stop listening", exact: true }).click();
  await expect(listening).toHaveCount(0);
  await press(page, "Ada Lovelace", "Lower flag");
  await expect(one.page.getByText("Flag raised: A refund is beyond me", { exact: true })).toHaveCount(0);

  // Who joins writes to the customer.
  await press(page, "Ada Lovelace", "Join");
  await expect(customer.page.getByText("Supervisor has joined")).toBeVisible();
  await page.getByRole("textbox", { name: "Message", exact: true }).fill("I am the supervisor.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(customer.page.getByText("I am the supervisor.", { exact: true })).toBeVisible();
  await expectNoBarriers(page);
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await expect(log).toHaveCount(0);

  // A transfer is called off for its sender.
  const six = await people.agent(6);
  await one.transfer("Agent Six");
  await open(page, "Transfers");
  await press(page, "Ada Lovelace", "Call off");
  const off = "A supervisor called the transfer to Agent Six off. The conversation is yours.";
  await expect(one.page.getByText(off, { exact: true })).toBeVisible();
  await expect(row(page, "Ada Lovelace")).toHaveCount(0);
  await open(page, "Conversations");

  // A transfer for someone else: the other team gets it, and it is theirs alone.
  await press(page, "Ada Lovelace", "Transfer");
  const dialog = page.getByRole("dialog", { name: "Transfer", exact: true });
  await expectNoBarriers(page);
  await dialog.getByRole("button", { name: "Transfer to Agent Six", exact: true }).click();
  await dialog.getByRole("textbox", { name: "Notes for agent", exact: true }).fill("She wants her money back.");
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(one.notices).toContainText("Supervisor transfers Ada Lovelace to Agent Six.");
  await expect(six.offer("Ada Lovelace")).toContainText("Transferred by Supervisor, from Agent One");
  await six.accept("Ada Lovelace");
  await expect(six.log).toContainText("Supervisor transferred this from Agent One to Agent Six");
  await expect(row(other, "Ada Lovelace")).toContainText("Agent Six");
  await press(other, "Ada Lovelace", "Listen in");
  const heard = other.getByRole("log", { name: "Messages", exact: true });
  await expect(heard).toContainText("I am the supervisor.");
  await expect(heard, "what was passed on, with its note").toContainText(
    "Supervisor transferred this from Agent One to Agent Six",
  );
  await expect(heard).toContainText("She wants her money back.");
  await press(other, "Ada Lovelace", "Take over");
  const takeOver = other.getByRole("dialog", { name: "Take over", exact: true });
  await expect(takeOver).toContainText("Take the conversation with Ada Lovelace from Agent Six?");
  await expectNoBarriers(other);
  await takeOver.getByRole("button", { name: "Take over", exact: true }).click();
  await expect(row(other, "Ada Lovelace")).toContainText("Other Supervisor");

  // What waits is given to one person.
  await six.choose("Busy");
  await one.choose("Busy");
  await people.customer("Grace Hopper", "Is anybody there?");
  await expect(row(page, "Grace Hopper")).toContainText("Waits for Technical support");
  await press(page, "Grace Hopper", "Why?");
  const why = page.getByRole("dialog", { name: "Why?", exact: true });
  await expect(why).toContainText("Agent One");
  await expectNoBarriers(page);
  await why.getByRole("button", { name: "Close", exact: true }).click();
  await press(page, "Grace Hopper", "Transfer");
  await dialog.getByRole("tab", { name: "Queues", exact: true }).click();
  await dialog.getByRole("button", { name: "Transfer to Billing", exact: true }).click();
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(row(page, "Grace Hopper")).toContainText("Waits for Billing");

  // People: each supervisor directs their own.
  await open(page, "Agents");
  await open(other, "Agents");
  await expect(row(other, "Agent One")).toHaveCount(0);
  await press(page, "Agent One", "Manage");
  const manage = page.getByRole("dialog", { name: "Manage agent", exact: true });
  await expect(manage.getByRole("heading", { name: "Agent One", exact: true })).toBeVisible();
  await expectNoBarriers(page);
  await manage.getByRole("combobox", { name: "Status", exact: true }).selectOption("Available");
  await expect(one.status).toHaveText("Available");
  await one.accept("Grace Hopper");
  await manage.getByRole("checkbox", { name: "Sales", exact: true }).uncheck();
  await manage.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(one.page.getByRole("heading", { name: "Sign in to your desk", exact: true })).toBeVisible();
});
