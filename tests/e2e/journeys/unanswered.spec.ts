// What cannot be answered at once: how long a customer waits, what becomes of what nobody takes, and why.

import { ask, RemoteCustomer, setPolicy, setRules, signIn } from "../api.ts";
import type { Desk } from "../desk.ts";
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

test("what comes back becomes a request from where that is said, and a colleague answers it from the list", async ({
  people,
}) => {
  const one = await people.agent(1);
  const other = await people.agent(2, { status: "Offline" });
  const ada = await people.customer(ADA, "When is the part back in stock?");
  await one.accept(ADA);
  await other.choose("Available");
  await one.transfer("Agent Two");
  await other.reject(ADA, "I do not know.");
  await expect(one.page.getByText("Agent Two rejected the transfer: I do not know.")).toBeVisible();
  await one.button("Create request").click();
  const dialog = one.dialog("Create request");
  await dialog.getByRole("textbox", { name: "Note", exact: true }).fill("Ask the store.");
  await dialog.getByRole("button", { name: "Create request", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(ada.status).toHaveText("Your request number is 1. We will answer later.");

  await other.button("Requests").click();
  const list = other.dialog("Requests");
  const request = list.getByRole("article", { name: "Request 1", exact: true });
  await expect(request).toContainText(ADA);
  await expect(request).toContainText("Ask the store.");
  await request.getByRole("button", { name: "Answer request 1", exact: true }).click();
  await expect(request, "what was said").toContainText("When is the part back in stock?");
  await expectNoBarriers(other.page);
  await request.getByRole("textbox", { name: "Answer", exact: true }).fill("On Monday.");
  await request.getByRole("button", { name: "Send answer", exact: true }).click();
  await expect(request).toContainText("Answered by Agent Two");
  await expect(ada.status).toHaveText("Your request number 1 is answered");
  await expect(ada.page.getByText("On Monday.", { exact: true })).toBeVisible();
});

test("a wait that lasts too long becomes a request", async ({ people, server }) => {
  await setRules(server, { wait_secs: 3 });
  const ada = await people.customer(ADA, "Is anybody there?");
  await expect(ada.status).toContainText("in line");
  await expect(ada.status).toHaveText("Your request number is 1. We will answer later.", { timeout: 30_000 });
});

test("once enough have been accepted an estimate of the wait is shown, on both sides; and nobody has to click", async ({
  people,
  server,
}) => {
  test.setTimeout(120_000);
  await setPolicy(server, { preset: "baton", auto_accept: true, wrap_up: false });
  const one = await people.agent(1);
  for (let number = 1; number <= 10; number += 1) {
    const customer = await RemoteCustomer.start(server, `Customer ${number}`, "I have a question.");
    await expect(one.entry(`Customer ${number}`), "accepted by the server").toBeVisible();
    await customer.leave();
    await expect(one.entry(`Customer ${number}`).filter({ hasNotText: "Wrap-up" })).toHaveCount(0);
  }
  const last = await RemoteCustomer.start(server, "Zoe", "I have a question.");
  await one.entry("Zoe").click();
  await one.chooseTask("Transfer");
  await one.dialog("Transfer").getByRole("tab", { name: "Queues", exact: true }).click();
  await expect(one.place("Technical support")).toContainText(/wait about \d+ s/);
  await expect(one.place("Sales"), "where nobody waited").toContainText("wait: not enough data");
  await one.page.keyboard.press("Escape");
  await last.leave();
  await one.choose("Busy");
  const ada = await people.customer(ADA, "My invoice is wrong.");
  await expect(ada.status).toHaveText("You are number 1 in line · about 1 minute");
});

test("a conversation that was passed on too often stays, and its agent is told why", async ({ people, server, faults }) => {
  faults.allow(/status of 409/);
  await setPolicy(server, { preset: "baton", hops_max: 1 });
  const { one, two: other } = await two(people);
  await one.transfer("Agent Two");
  await other.accept(ADA);
  await other.chooseTask("Transfer");
  const dialog = other.dialog("Transfer");
  await dialog.getByRole("button", { name: "Transfer to Agent One", exact: true }).click();
  await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("This conversation was passed on 1 times, which is the limit.");
  await other.page.keyboard.press("Escape");
  await other.say("Then I answer it myself.");
});

test("what web chat sets differently goes before what its queue sets", async ({ people, server }) => {
  const cookie = await signIn(server, "admin@demo.example");
  const { one } = await two(people);
  const queues: { id: string }[] = await (await fetch(server.at("/api/queues"), { headers: { Cookie: cookie } })).json();
  for (const { id } of queues) {
    await ask(server, "PUT", `/api/transfer-policy/queues/${id}`, { note: "off" }, { Cookie: cookie });
  }
  const note = one.dialog("Transfer").getByRole("textbox", { name: "Notes for agent", exact: true });
  const begin = async (): Promise<void> => {
    await one.chooseTask("Transfer");
    const choice = one.dialog("Transfer").getByRole("button", { name: "Transfer to Agent Two", exact: true });
    await choice.click();
    await expect(one.dialog("Transfer").getByRole("button", { name: "Confirm transfer", exact: true })).toBeVisible();
  };
  await begin();
  await expect(note, "by the queue").toHaveCount(0);
  await one.page.keyboard.press("Escape");
  await ask(server, "PUT", "/api/transfer-policy/channels/web_chat", { note: "required" }, { Cookie: cookie });
  await begin();
  await expect(note, "by the channel").toBeVisible();
  await one.dialog("Transfer").getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(one.dialog("Transfer").getByRole("alert")).toContainText("they are required");
});

test("an offer says by which rule it came, and everyone's reason", async ({ people, server }) => {
  const one = await people.agent(1);
  await people.agent(2, { status: "Away" });
  await RemoteCustomer.start(server, ADA, "My invoice is wrong.");
  await one.offer(ADA).getByRole("button", { name: "Why?", exact: true }).click();
  const why = one.dialog("Why?");
  await expect(why).toContainText(
    "The members of Technical support are asked: priority first, then age, measured by the target of 30 s;",
  );
  const line = (name: string) => why.getByRole("listitem").filter({ hasText: name }).first();
  await expect(line("Agent One")).toContainText("Is asked now");
  await expect(line("Agent Two")).toContainText("Is Away and takes no new conversations");
  await expect(line("Agent Three")).toContainText("Is not connected");
  await expectNoBarriers(one.page);
  await why.getByRole("button", { name: "Close", exact: true }).click();
  await one.accept(ADA);
});
