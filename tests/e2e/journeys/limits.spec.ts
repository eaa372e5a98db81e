// What the products cannot do, or do at the customer's cost, and Baton does not: one test for each limit.
//
// Which limit is whose, and what is played in other files, says the table in docs/transfers.md.

import { ask, queueNamed, RemoteCustomer, setPolicy, signIn } from "../api.ts";
import type { Desk } from "../desk.ts";
import { NOBODY_ANSWERS } from "../faults.ts";
import { expect, expectNoBarriers, type People, test } from "../fixtures.ts";

const ADA = "Ada Lovelace";

async function two(people: People): Promise<{ one: Desk; two: Desk }> {
  const one = await people.agent(1);
  const other = await people.agent(2, { status: "Offline" });
  await RemoteCustomer.start(people.server, ADA, "My invoice is wrong.");
  await one.accept(ADA);
  await other.choose("Available");
  return { one, two: other };
}

test("warm: the two talk aside, the customer sees nothing of it, and then it is handed over or taken back", async ({
  people,
}) => {
  const one = await people.agent(1);
  const other = await people.agent(2, { status: "Offline" });
  const ada = await people.customer(ADA, "My invoice is wrong.");
  await one.accept(ADA);
  await other.choose("Available");
  await one.ask("Consult", "Agent Two");
  await expect(ada.status, "nothing is said of it").toHaveText("Agent One has joined");
  await other.accept(ADA);
  const aside = (desk: Desk) => desk.page.getByRole("log", { name: "Side conversation", exact: true });
  const say = async (desk: Desk, text: string): Promise<void> => {
    await desk.page.getByRole("textbox", { name: "Message aside", exact: true }).fill(text);
    await desk.button("Send aside").click();
  };
  await say(one, "Is she billed twice?");
  await expect(aside(other)).toContainText("Is she billed twice?");
  await say(other, "She is.");
  await expect(aside(one)).toContainText("She is.");
  await expectNoBarriers(one.page);
  await expectNoBarriers(other.page);
  await one.say("I am asking a colleague.");
  await expect(ada.log).toContainText("I am asking a colleague.");
  await expect(ada.log).not.toContainText("billed twice?");
  await one.button("Take back").click();
  await expect(aside(one)).toHaveCount(0);
  await one.say("Here is the answer.");

  await one.ask("Consult", "Agent Two");
  await other.accept(ADA);
  await say(one, "Billed twice in May.");
  await one.button("Hand over").click();
  await expect(ada.status).toHaveText("Agent Two has joined");
  await other.log.getByText("Side conversation", { exact: true }).click();
  await expect(other.log.getByText("Billed twice in May.", { exact: true })).toBeVisible();
  await expectNoBarriers(other.page);
  await other.say("I take over.");
  await expect(ada.log).toContainText("I take over.");
  await expect(ada.log).not.toContainText("She is.");
});

test("the sender keeps it and answers on until someone accepts", async ({ people }) => {
  const { one, two: other } = await two(people);
  await one.transfer("Agent Two");
  await expect(other.offer(ADA)).toBeVisible();
  await one.say("One moment, please.");
  await expect(other.offer(ADA), "the receiver reads along").toContainText("One moment, please.");
  await other.accept(ADA);
  await expect(other.log).toContainText("One moment, please.");
});

test("several may be invited, and the owner leaves only to somebody who stays", async ({ people }) => {
  const { one, two: other } = await two(people);
  const three = await people.agent(3);
  await one.ask("Invite", "Agent Two");
  await one.ask("Invite", "Agent Three");
  await expect(one.participants).toContainText("Agent Two");
  await expect(one.participants).toContainText("Agent Three");
  await expect(one.button("Leave"), "nobody else takes part").toHaveCount(0);
  await other.accept(ADA);
  await three.accept(ADA);
  await expectNoBarriers(one.page);
  await one.button("Leave").click();
  await one.dialog("Leave").getByRole("button", { name: "Leave", exact: true }).click();
  await other.say("I have it.");
  await expect(three.log).toContainText("I have it.");
  await expect(other.participants).toContainText("You");
});

test("a full agent is waited for only where one asks for it, and the sender stays the owner", async ({ people, server }) => {
  const { one, two: other } = await two(people);
  await one.choose("Busy");
  for (const name of ["Bob", "Cem", "Dua", "Eva"]) {
    await RemoteCustomer.start(server, name, "I have a question.");
    await other.accept(name);
  }
  await one.entry(ADA).click();
  await one.chooseTask("Transfer");
  const dialog = one.dialog("Transfer");
  await expect(one.place("Agent Two")).toContainText("4 of 4");
  const plain = dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true });
  await expect(plain).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("button", { name: "Transfer to Agent Two when free", exact: true }).click();
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(one.page.getByRole("status", { name: "Waiting for Agent Two", exact: true })).toBeVisible();
  await expect(one.page.getByText(/min left$/), "it has a deadline").toBeVisible();
  await one.say("I am still with you.");
  await other.entry("Eva").click();
  await other.chooseTask("End conversation");
  await other.dialog("End conversation").getByRole("button", { name: "End conversation", exact: true }).click();
  await expect(other.offer(ADA)).toContainText("I am still with you.");
  await other.accept(ADA);
});

test("a quiet queue says that there is not enough data, and what will happen", async ({ people }) => {
  const { one } = await two(people);
  await one.chooseTask("Transfer");
  await one.dialog("Transfer").getByRole("tab", { name: "Queues", exact: true }).click();
  await expect(one.place("Sales")).toContainText("wait: not enough data");
  await expect(one.place("Sales")).toContainText("Offered at once. You are released at once; undo for 5 s.");
  await one.dialog("Transfer").getByRole("tab", { name: "Agents", exact: true }).click();
  await expect(one.place("Agent Two")).toContainText("Offered at once; returns to you after 60 s.");
});

test("a workflow is a target, and one that matches nobody is found out before anything waits", async ({ people, server }) => {
  const cookie = await signIn(server, "admin@demo.example");
  const queues: { id: string; name: string }[] = await (
    await fetch(server.at("/api/queues"), { headers: { Cookie: cookie } })
  ).json();
  const billing = queues.find((queue) => queue.name === "Billing")?.id;
  const workflow = {
    name: "Returns desk",
    filters: [
      { name: "Invoices", when: "attributes.topic == 'invoice'", steps: [{ queue: billing }] },
      { name: "Forgotten", when: "1 == 2", steps: [{ queue: billing }] },
    ],
    fallback: billing,
  };
  const { id } = await ask(server, "POST", "/api/workflows", workflow, { Cookie: cookie });
  const tried = { attributes: { topic: "invoice" } };
  const { warnings } = await ask(server, "POST", `/api/workflows/${id}/dry-run`, tried, { Cookie: cookie });
  expect(warnings.join(" ")).toMatch(/Forgotten.* never matches/);
  const { one, two: other } = await two(people);
  await one.transfer("Returns desk", { tab: "Workflows", note: "By the workflow." });
  await expect(other.offer(ADA)).toContainText("By the workflow.");
  await other.accept(ADA);
});

test("the summary is made here, without anybody else, and the receiver reads it before deciding", async ({ people }) => {
  const { one, two: other } = await two(people);
  await one.say("Which invoice do you mean?");
  await one.chooseTask("Transfer");
  const dialog = one.dialog("Transfer");
  await dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true }).click();
  const summary = dialog.getByRole("textbox", { name: "Transfer summary", exact: true });
  await expect(summary).toHaveValue(/invoice/);
  await summary.fill("Wants invoice 7 corrected.");
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(other.offer(ADA)).toContainText("Wants invoice 7 corrected.");
  await other.accept(ADA);
  await expect(other.log).toContainText("Wants invoice 7 corrected.");
});

test("one miss does not take an agent offline, and a single agent is asked again", async ({ people, server }) => {
  await setPolicy(server, { preset: "baton", offer_secs: 2 });
  test.setTimeout(120_000);
  const one = await people.agent(1);
  await RemoteCustomer.start(server, ADA, "My invoice is wrong.");
  await expect(one.offer(ADA)).toBeVisible();
  await expect(one.notices).toContainText("The time to accept Ada Lovelace is over.", { timeout: 45_000 });
  await expect(one.status).toHaveText("Available");
  await expect(one.offer(ADA), "asked again after a rest").toBeVisible({ timeout: 60_000 });
  await one.accept(ADA);
});

test("it is offered to one at a time, so that nobody wins by clicking fast", async ({ people }) => {
  const { one, two: other } = await two(people);
  const three = await people.agent(3);
  await one.transfer("Billing", { tab: "Queues" });
  const offers = async (): Promise<number> => (await other.offer(ADA).count()) + (await three.offer(ADA).count());
  await expect.poll(offers).toBe(1);
  const asked = (await other.offer(ADA).count()) === 1 ? other : three;
  await asked.accept(ADA);
  expect(await offers()).toBe(0);
});

test("every leg is one conversation: whoever has it third reads it all", async ({ people }) => {
  const { one, two: other } = await two(people);
  const three = await people.agent(3);
  await one.say("I am the first.");
  await one.transfer("Agent Two", { note: "First note." });
  await other.accept(ADA);
  await other.say("I am the second.");
  await other.transfer("Agent Three", { note: "Second note." });
  await three.accept(ADA);
  for (const words of ["My invoice is wrong.", "I am the first.", "First note.", "I am the second.", "Second note."]) {
    await expect(three.log).toContainText(words);
  }
});

test("a lost connection loses no conversation", async ({ people, faults }) => {
  faults.allow(...NOBODY_ANSWERS);
  test.setTimeout(180_000);
  const { one } = await two(people);
  await one.page.context().setOffline(true);
  await expect(one.connection, "at once, and not when the stream was silent for long").toBeVisible({ timeout: 5_000 });
  await one.page.context().setOffline(false);
  await expect(one.connection, "at once, and not with the next try").toBeHidden({ timeout: 5_000 });
  await expect(one.entry(ADA)).toBeVisible();
  await one.say("I am back.");
  await expect(one.log).toContainText("I am back.");
});

test("a supervisor takes a conversation over, and its agent sees who did", async ({ people, server }) => {
  const { one } = await two(people);
  const supervisor = await signIn(server, "supervisor@demo.example");
  const desk = await one.page.request.get(server.at("/api/desk"));
  const { conversations } = (await desk.json()).desk;
  const [conversation] = Object.keys(conversations);
  await ask(server, "POST", `/api/conversations/${conversation}/takeover`, {}, { Cookie: supervisor });
  await expect(one.message).toHaveCount(0);
  await expect(one.entry("Wrap-up")).toContainText("Taken over by Supervisor");
  await expect(one.notices).toContainText(`Supervisor took over ${ADA}.`);
  await expect(one.page.getByText("Taken over by Supervisor. This conversation is over for you.")).toBeVisible();
});

test("whoever becomes Busy is not left with an offer, and gets it back when they are Available", async ({ people, server }) => {
  const one = await people.agent(1);
  await RemoteCustomer.start(server, ADA, "My invoice is wrong.");
  await expect(one.offer(ADA)).toBeVisible();
  await one.choose("Busy");
  await expect(one.offer(ADA), "it is pulled back").toHaveCount(0);
  await one.choose("Available");
  await one.accept(ADA);
});

test("what the only agent rejected is offered to them again", async ({ people, server }) => {
  test.setTimeout(120_000);
  const one = await people.agent(1);
  await RemoteCustomer.start(server, ADA, "My invoice is wrong.");
  await one.reject(ADA);
  await expect(one.offer(ADA), "after a rest").toBeVisible({ timeout: 60_000 });
  await one.accept(ADA);
});

test("a queue that takes too long passes its customers on to another, at their age", async ({ people, server }) => {
  const cookie = await signIn(server, "admin@demo.example");
  const [support, billing] = [await queueNamed(server, "Technical support"), await queueNamed(server, "Billing")];
  const rules = { wait_secs: 3, overflow: { kind: "queue", id: billing } };
  const set = { name: "Technical support", skills: [], priority: "normal", rules };
  await ask(server, "PUT", `/api/queues/${support}`, set, { Cookie: cookie });
  const ada = await people.customer(ADA, "Is anybody there?");
  await expect(ada.status).toContainText("Billing will help you. You keep your place in line", { timeout: 30_000 });
  const one = await people.agent(1);
  await expect(one.offer(ADA)).toContainText("Billing");
  await one.accept(ADA);
});

test("whoever joined and goes does not end it for the others", async ({ people }) => {
  const one = await people.agent(1);
  const other = await people.agent(2, { status: "Offline" });
  const ada = await people.customer(ADA, "My invoice is wrong.");
  await one.accept(ADA);
  await other.choose("Available");
  await one.ask("Invite", "Agent Two");
  await other.accept(ADA);
  await other.say("I looked at it.");
  await other.button("Leave").click();
  await expect(other.message).toHaveCount(0);
  await one.say("I go on.");
  await expect(ada.log).toContainText("I go on.");
  await expect(ada.message, "nothing has ended for the customer").toBeVisible();
});

test("a group asks for every skill or for any of them, as it says", async ({ people, server }) => {
  const cookie = await signIn(server, "admin@demo.example");
  const read = async (path: string): Promise<{ id: string; name: string }[]> =>
    await (await fetch(server.at(path), { headers: { Cookie: cookie } })).json();
  const named = async (path: string, name: string): Promise<string> => {
    const found = (await read(path)).find((one) => one.name === name);
    if (!found) throw new Error(`${name} is not at ${path}`);
    return found.id;
  };
  const spanish = await ask(server, "POST", "/api/skills", { name: "Spanish" }, { Cookie: cookie });
  const agentThree = await named("/api/people", "Agent Three");
  await ask(server, "PUT", `/api/people/${agentThree}/skills/${spanish.id}`, {}, { Cookie: cookie });
  const skills = [await named("/api/skills", "Refunds"), spanish.id];
  for (const [name, membership] of [["Both", "all"], ["Either", "any"]]) {
    await ask(server, "POST", "/api/groups", { name, skills, membership, priority: "normal" }, { Cookie: cookie });
  }
  const { one, two: other } = await two(people);
  const three = await people.agent(3);
  await one.chooseTask("Transfer");
  await one.dialog("Transfer").getByRole("tab", { name: "Groups", exact: true }).click();
  await expect(one.place("Both")).toContainText("1 available");
  await expect(one.place("Either")).toContainText("2 available");
  await one.page.keyboard.press("Escape");
  await one.transfer("Both", { tab: "Groups" });
  await expect(three.offer(ADA), "who has both").toBeVisible();
  await expect(other.offer(ADA)).toHaveCount(0);
  await three.accept(ADA);
});

test("as much as 32 attributes of 1,000 characters is passed on whole", async ({ people, server }) => {
  const one = await people.agent(1);
  const other = await people.agent(2, { status: "Offline" });
  const value = (number: number): string => `${number} `.padEnd(999, "x") + "!";
  const attributes = Object.fromEntries(
    Array.from({ length: 32 }, (_, number) => [`Attribute ${number}`, value(number)]),
  );
  await RemoteCustomer.start(server, ADA, "My invoice is wrong.", attributes);
  await one.accept(ADA);
  await other.choose("Available");
  await one.transfer("Agent Two");
  await other.accept(ADA);
  const details = other.page.getByRole("region", { name: "Details", exact: true });
  for (const number of [0, 17, 31]) await expect(details).toContainText(value(number));
});
