// Each preset, played in browsers: the steps that a product's document describes, and what it says must be seen.

import { ask, queueNamed, RemoteCustomer, setPolicy, signIn } from "../api.ts";
import type { Desk } from "../desk.ts";
import { expect, type People, test } from "../fixtures.ts";

const ADA = "Ada Lovelace";

/** Lets the first agent answer Ada; the others come afterwards, so that she is offered to nobody else. */
async function answered(people: People, others: readonly number[]): Promise<[Desk, ...Desk[]]> {
  const one = await people.agent(1);
  const rest: Desk[] = [];
  for (const number of others) rest.push(await people.agent(number, { status: "Offline" }));
  await RemoteCustomer.start(people.server, ADA, "My invoice is wrong.");
  await one.accept(ADA);
  for (const desk of rest) await desk.choose("Available");
  return [one, ...rest];
}

test("Flex: to an agent with summary and notes; whoever rejects passes it to the next, and a miss takes one offline", async ({
  people,
  server,
}) => {
  test.setTimeout(150_000);
  await setPolicy(server, { preset: "flex", offer_secs: 4 });
  const [one, two, three] = await answered(people, [2, 3]);
  if (!two || !three) throw new Error("two others were called");
  expect(await one.tasks()).toEqual(["Transfer", "Raise flag", "Create request", "Wrap up", "End conversation"]);
  await one.chooseTask("Transfer");
  await expect(one.targetTabs).toHaveText(["Agents", "Queues"]);
  const dialog = one.dialog("Transfer");
  await dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true }).click();
  await expect(dialog.getByRole("textbox", { name: "Transfer summary", exact: true })).toHaveValue(/invoice/);
  await dialog.getByRole("textbox", { name: "Notes for agent", exact: true }).fill("Billed twice.");
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();

  await expect(two.offer(ADA)).toContainText("Billed twice.");
  await two.reject(ADA);
  await expect(three.offer(ADA), "the next available agent").toContainText("Billed twice.");
  await expect(three.offer(ADA), "who has missed it").toHaveCount(0);
  await expect(three.status).toHaveText("Offline");
  await three.choose("Available");
  await expect(three.offer(ADA), "asked again after a rest").toBeVisible({ timeout: 60_000 });
  await three.accept(ADA);
  await expect(three.log).toContainText("My invoice is wrong.");
  await expect(three.log).toContainText("Billed twice.");
  await expect(one.message).toHaveCount(0);
});

test("Flex plugin: a cold transfer releases at the request, an invitation is tracked, and there is one at a time", async ({
  people,
  server,
  faults,
}) => {
  faults.allow(/status of 409/);
  await setPolicy(server, { preset: "flex_plugin" });
  const [one, two, three] = await answered(people, [2, 3]);
  if (!two || !three) throw new Error("two others were called");
  expect(await one.tasks()).toEqual(["Transfer", "Invite", "Raise flag", "Create request", "Wrap up", "End conversation"]);

  await one.ask("Invite", "Agent Two");
  await expect(one.participants).toContainText("Agent Two");
  await one.button("Cancel invitation to Agent Two").click();
  await expect(one.participants).toHaveCount(0);
  await expect(two.offer(ADA)).toHaveCount(0);
  await one.ask("Invite", "Agent Two");
  await one.chooseTask("Invite");
  const dialog = one.dialog("Transfer");
  await dialog.getByRole("button", { name: "Invite Agent Three", exact: true }).click();
  await dialog.getByRole("button", { name: "Send invitation", exact: true }).click();
  await expect(dialog.getByRole("alert"), "one outstanding invitation").toContainText("invitation");
  await one.page.keyboard.press("Escape");

  await two.accept(ADA);
  await expect(one.participants).toContainText("takes part");
  await two.say("I join you.");
  await expect(one.log).toContainText("I join you.");
  await one.button("Leave").click();
  await one.dialog("Leave").getByRole("button", { name: "Leave", exact: true }).click();
  await expect(one.message).toHaveCount(0);
  await expect(one.wrapUp, "its task completes at once").toHaveCount(0);

  await two.chooseTask("Transfer");
  const cold = two.dialog("Transfer");
  await cold.getByRole("button", { name: "Transfer to Agent Three", exact: true }).click();
  await expect(cold.getByRole("textbox", { name: "Notes for agent", exact: true })).toHaveCount(0);
  await expect(cold.getByRole("textbox", { name: "Transfer summary", exact: true })).toHaveCount(0);
  await cold.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(three.offer(ADA)).toBeVisible();
  await expect(two.entry(ADA), "released before anyone accepts").toHaveCount(0);
  await three.accept(ADA);
  await expect(three.log).toContainText("I join you.");
});

test("Salesforce: capacity of everyone online, no cancelling, no declining, and a full agent gets it later", async ({
  people,
  server,
}) => {
  await setPolicy(server, { preset: "salesforce" });
  const [one, two] = await answered(people, [2]);
  if (!two) throw new Error("another was called");
  await one.choose("Busy");
  for (const name of ["Bob", "Cem", "Dua", "Eva"]) {
    await RemoteCustomer.start(server, name, "I have a question.");
    await two.accept(name);
  }
  await one.entry(ADA).click();
  await one.chooseTask("Transfer");
  await expect(one.targetTabs).toHaveText(["Agents", "Queues"]);
  await expect(one.place("Agent Two")).toContainText("100 %");
  await expect(one.place("Agent Three"), "who is not online").toHaveCount(0);
  await one.dialog("Transfer").getByRole("tab", { name: "Queues", exact: true }).click();
  await expect(one.place("Billing")).toContainText("wait");
  await one.dialog("Transfer").getByRole("tab", { name: "Agents", exact: true }).click();
  await expect(one.place("Agent Two")).toContainText("You are released at once.");
  const dialog = one.dialog("Transfer");
  await dialog.getByRole("button", { name: /^Transfer to Agent Two/ }).first().click();
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(one.message, "the sender is removed").toHaveCount(0);
  await expect(two.offer(ADA), "it waits for room").toHaveCount(0);

  await two.entry("Eva").click();
  await two.chooseTask("End conversation");
  await two.dialog("End conversation").getByRole("button", { name: "End conversation", exact: true }).click();
  await expect(two.offer(ADA)).toBeVisible();
  await expect(two.offer(ADA).getByRole("button", { name: "Reject", exact: true })).toHaveCount(0);
  await expect(two.offer(ADA)).toContainText("no time limit");
  await two.accept(ADA);

  const three = await people.agent(3);
  await two.transfer("Agent Three");
  await expect(two.page.getByText("It cannot be taken back.", { exact: true })).toBeVisible();
  await expect(two.cancelTransfer).toHaveCount(0);
  await three.accept(ADA);
  await expect(two.entry(ADA).filter({ hasNotText: "Wrap-up" })).toHaveCount(0);
});

test("SuperOffice: only those present, no timer, rejecting leaves it, accepting lets the sender listen", async ({
  people,
  server,
}) => {
  await setPolicy(server, { preset: "superoffice" });
  const [one, two] = await answered(people, [2]);
  if (!two) throw new Error("another was called");
  const three = await people.agent(3, { status: "Away" });
  await one.chooseTask("Transfer");
  await expect(one.targetTabs).toHaveText(["Agents"]);
  await expect(one.place("Agent Two")).toBeVisible();
  await expect(one.place(three.name), "who is away").toHaveCount(0);
  const dialog = one.dialog("Transfer");
  await dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true }).click();
  await expect(dialog.getByRole("textbox")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(one.transferringTo("Agent Two")).toBeVisible();
  await expect(one.page.getByText("waits until it is answered", { exact: true })).toBeVisible();
  await expect(two.offer(ADA)).toContainText("no time limit");
  await two.reject(ADA);
  await expect(one.page.getByText(/^Agent Two rejected the transfer/)).toBeVisible();
  await expect(one.button("Create request")).toBeVisible();
  await one.say("I go on.");

  await one.transfer("Agent Two");
  await one.cancelTransfer.click();
  await expect(two.offer(ADA)).toHaveCount(0);
  await one.transfer("Agent Two");
  await two.accept(ADA);
  await expect(one.page.getByRole("status", { name: "Listening", exact: true })).toBeVisible();
  await expect(one.message).toHaveCount(0);
  await two.say("Hello from me.");
  await expect(one.log).toContainText("Hello from me.");
  await one.button("Close window").click();
  await expect(one.entry(ADA)).toHaveCount(0);
});

test("Vivocha: a group is offered it all at once, the first gets it; a missed one pauses and bounces back", async ({
  people,
  server,
}) => {
  await setPolicy(server, { preset: "vivocha", offer_secs: 5, transfer_secs: 5 });
  const [one, two, three] = await answered(people, [2, 3]);
  if (!two || !three) throw new Error("two others were called");
  await one.chooseTask("Transfer");
  await expect(one.targetTabs).toHaveText(["Agents", "Groups"]);
  await one.page.keyboard.press("Escape");

  await one.transfer("Agent Two", { note: "Billed twice." });
  await expect(two.offer(ADA)).toContainText("Billed twice.");
  await expect(two.offer(ADA)).toContainText("seconds left");
  await expect(one.page.getByText(/The conversation is yours\.$/)).toBeVisible();
  await expect(two.status, "the forced pause").toHaveText("Away");
  await two.choose("Available");

  await one.chooseTask("Transfer");
  const dialog = one.dialog("Transfer");
  await dialog.getByRole("tab", { name: "Groups", exact: true }).click();
  await expect(one.place("Refunds")).toContainText("Refunds");
  await expect(one.place("Refunds")).toContainText("available");
  await expect(one.place("Refunds")).toContainText("free slot");
  await dialog.getByRole("button", { name: "Transfer to Refunds", exact: true }).click();
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(two.offer(ADA)).toBeVisible();
  await expect(three.offer(ADA)).toBeVisible();
  await three.accept(ADA);
  await expect(two.offer(ADA), "the first accept wins").toHaveCount(0);
  await expect(three.log).toContainText("My invoice is wrong.");
});

test("Flex: to a queue, and to somebody who is not there: the next available agent is asked", async ({ people, server }) => {
  await setPolicy(server, { preset: "flex" });
  const [one, two, three] = await answered(people, [2, 3]);
  if (!two || !three) throw new Error("two others were called");
  await one.transfer("Billing", { tab: "Queues" });
  await expect.poll(async () => (await two.offer(ADA).count()) + (await three.offer(ADA).count())).toBe(1);
  const [asked, other] = (await two.offer(ADA).count()) === 1 ? [two, three] : [three, two];
  await asked.accept(ADA);
  await expect(asked.log).toContainText("My invoice is wrong.");

  await other.choose("Away");
  await asked.chooseTask("Transfer");
  await expect(asked.place(other.name)).toContainText("Offered to the next in Billing");
  await asked.page.keyboard.press("Escape");
  await asked.transfer(other.name);
  await expect(one.offer(ADA), "the next available one").toBeVisible();
  await expect(other.offer(ADA)).toHaveCount(0);
  await one.accept(ADA);
});

test("Flex plugin: whoever is in it already cannot be invited, and can be removed", async ({ people, server }) => {
  await setPolicy(server, { preset: "flex_plugin" });
  const [one, two] = await answered(people, [2]);
  if (!two) throw new Error("another was called");
  await one.ask("Invite", "Agent Two");
  await two.accept(ADA);
  await two.say("I join you.");
  await one.chooseTask("Invite");
  await expect(one.place("Agent Two")).toContainText("takes part in the conversation already");
  await one.page.keyboard.press("Escape");
  await one.button("Remove Agent Two").click();
  await expect(one.participants).toHaveCount(0);
  await expect(two.message, "the removed one writes no more").toHaveCount(0);
  await one.say("I go on alone.");
});

test("Salesforce: to a flow, external contacts beside it, and somebody who joins", async ({ people, server }) => {
  await setPolicy(server, { preset: "salesforce" });
  const cookie = await signIn(server, "admin@demo.example");
  const flow = {
    name: "Reception",
    fallback: await queueNamed(server, "Billing"),
    steps: [
      {
        name: "topic",
        does: { kind: "ask", text: "Is it about an invoice?", attribute: "topic", again: "Please write a word.", tries: 3 },
      },
    ],
  };
  await ask(server, "POST", "/api/flows", flow, { Cookie: cookie });
  const partner = { name: "Parcel service", url: "https://parcels.example/baton", secret: `whsec_${"A".repeat(43)}=` };
  await ask(server, "POST", "/api/external-contacts", partner, { Cookie: cookie });

  const one = await people.agent(1);
  const two = await people.agent(2, { status: "Offline" });
  const ada = await people.customer(ADA, "My invoice is wrong.");
  await one.accept(ADA);
  await two.choose("Available");
  await one.ask("Invite", "Agent Two");
  await two.accept(ADA);
  await two.say("I join you.");
  await expect(ada.log).toContainText("I join you.");
  await two.button("Leave").click();
  await expect(one.participants).toHaveCount(0);

  await one.chooseTask("Transfer");
  await expect(one.targetTabs).toHaveText(["Agents", "Queues", "Flows", "External"]);
  const dialog = one.dialog("Transfer");
  await dialog.getByRole("tab", { name: "External", exact: true }).click();
  await expect(one.place("Parcel service")).toContainText("Asked at once; returns to you after 60 s.");
  await dialog.getByRole("tab", { name: "Flows", exact: true }).click();
  await dialog.getByRole("button", { name: "Transfer to Reception", exact: true }).click();
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(ada.log).toContainText("Is it about an invoice?");
  await expect(one.message, "the sender is removed").toHaveCount(0);
});

test("SuperOffice: what is refused becomes a request by a click, and a manager takes a chat over", async ({ people, server }) => {
  await setPolicy(server, { preset: "superoffice" });
  const one = await people.agent(1);
  const two = await people.agent(2, { status: "Offline" });
  const ada = await people.customer(ADA, "My invoice is wrong.");
  await one.accept(ADA);
  await two.choose("Available");
  await one.transfer("Agent Two");
  await two.reject(ADA);
  await one.button("Create request").click();
  await one.dialog("Create request").getByRole("button", { name: "Create request", exact: true }).click();
  await expect(ada.status).toHaveText("Your request number is 1. We will answer later.");

  await two.choose("Away");
  const bob = await people.customer("Bob", "My parcel is lost.");
  await one.accept("Bob");
  const manager = await people.open("Supervisor");
  await manager.goto(server.at("/supervisor"));
  await manager.getByRole("textbox", { name: "Email", exact: true }).fill("supervisor@demo.example");
  await manager.getByRole("textbox", { name: "Password", exact: true }).fill("baton-demo");
  await manager.getByRole("button", { name: "Sign in", exact: true }).click();
  await manager.getByRole("tab", { name: "Conversations", exact: true }).click();
  const row = manager.getByRole("row").filter({ has: manager.getByRole("rowheader", { name: "Bob", exact: true }) });
  await row.getByRole("button", { name: "Take over", exact: true }).click();
  await manager.getByRole("dialog", { name: "Take over", exact: true }).getByRole("button", { name: "Take over", exact: true }).click();
  await expect(bob.status).toHaveText("Supervisor has joined");
  await expect(one.message).toHaveCount(0);
});

test("Vivocha: with bounce back switched off, what no group takes leads to the form", async ({ people, server }) => {
  await setPolicy(server, { preset: "vivocha", return_to_sender: false, transfer_secs: 4, on_missed: "stay" });
  const one = await people.agent(1);
  const two = await people.agent(2, { status: "Offline" });
  const ada = await people.customer(ADA, "My invoice is wrong.");
  await one.accept(ADA);
  await two.choose("Available");
  await one.transfer("Refunds", { tab: "Groups" });
  await expect(two.offer(ADA)).toBeVisible();
  await expect(ada.status).toHaveText("Your request number is 1. We will answer later.", { timeout: 30_000 });
  await expect(ada.page.getByRole("textbox", { name: "Email", exact: true }), "the form").toBeVisible();
  await expect(one.entry(ADA).filter({ hasNotText: "Wrap-up" }), "it does not bounce back").toHaveCount(0);
  await expect(two.offer(ADA)).toHaveCount(0);
});
