// What can become of a transfer besides being accepted.

import { RemoteCustomer } from "../api.ts";
import type { Desk } from "../desk.ts";
import { expect, expectNoBarriers, type People, test } from "../fixtures.ts";

/** Brings two agents to their desks, the first with a conversation of Ada's. */
async function twoAgents(people: People): Promise<{ one: Desk; two: Desk }> {
  const one = await people.agent(1);
  const two = await people.agent(2, { status: "Offline" });
  await RemoteCustomer.start(people.server, "Ada Lovelace", "My invoice is wrong.", {
    "Order number": "A-4711",
    Page: "/account/invoices",
  });
  await one.accept("Ada Lovelace");
  await two.choose("Available");
  return { one, two };
}

test("a rejected transfer comes back at once with the reason", async ({ people }) => {
  const one = await people.agent(1);
  const two = await people.agent(2, { status: "Offline" });
  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await two.choose("Available");

  // A note that was begun is there again after a way out and a reload.
  const passing = one.dialog("Transfer");
  const toTwo = passing.getByRole("button", { name: "Transfer to Agent Two", exact: true });
  const note = passing.getByRole("textbox", { name: "Notes for agent", exact: true });
  await one.chooseTask("Transfer");
  await toTwo.click();
  await note.fill("Billed twice.");
  await one.page.keyboard.press("Escape");
  await expect(passing).toBeHidden();
  await one.page.reload();
  await one.chooseTask("Transfer");
  await toTwo.click();
  await expect(note).toHaveValue("Billed twice.");
  await passing.getByRole("button", { name: "Confirm transfer", exact: true }).click();
  await expect(passing).toBeHidden();
  await expect(customer.status).toHaveText("Transferring you to Agent Two");

  await two.offer("Ada Lovelace").getByRole("button", { name: "Reject", exact: true }).click();
  const dialog = two.dialog("Reject");
  await dialog.getByRole("textbox", { name: "Reason", exact: true }).fill("I am on the phone.");
  await dialog.getByRole("button", { name: "Reject", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(two.offer("Ada Lovelace")).toHaveCount(0);

  await expect(one.page.getByText("Agent Two rejected the transfer: I am on the phone.")).toBeVisible();
  await expect(one.transferringTo("Agent Two")).toHaveCount(0);
  await expect(one.entry("Ada Lovelace")).toContainText("Came back");
  await one.button("Transfer again").click();
  await toTwo.click();
  await expect(note).toHaveValue("Billed twice.");
  await one.page.keyboard.press("Escape");
  await expect(passing).toBeHidden();
  await expect(customer.status).toContainText("Agent One");
  await one.say("I am still here for you.");
  await expect(customer.log).toContainText("I am still here for you.");
});

test("a transfer can be cancelled until it is accepted", async ({ people }) => {
  const { one, two } = await twoAgents(people);
  await one.transfer("Agent Two", { note: "Billed twice." });
  await expect(two.offer("Ada Lovelace")).toBeVisible();
  await one.cancelTransfer.click();
  await expect(one.transferringTo("Agent Two")).toHaveCount(0);
  await expect(two.offer("Ada Lovelace")).toHaveCount(0);
  await expect(two.page.getByRole("region", { name: "Notices", exact: true })).toContainText(
    "The transfer of Ada Lovelace was taken back.",
  );
  await one.say("I found it myself.");
  await expect(one.log).toContainText("I found it myself.");
});

test("an accepted transfer and its cancelling have one winner", async ({ people, faults }) => {
  faults.allow(/status of 409/, /status of 403/);
  const { one, two } = await twoAgents(people);
  await one.transfer("Agent Two");
  const accept = two.offer("Ada Lovelace").getByRole("button", { name: "Accept", exact: true });
  // Both buttons are at hand before either is pressed: the loser's may be gone by the time it is looked for.
  const hands = await Promise.all([accept.elementHandle(), one.cancelTransfer.elementHandle()]);
  await Promise.all(hands.map((button) => button?.evaluate((pressed) => (pressed as HTMLElement).click())));
  await expect(two.offer("Ada Lovelace")).toHaveCount(0);
  await expect(one.transferringTo("Agent Two")).toHaveCount(0);
  const owners = (): Promise<number[]> => Promise.all([one.message.count(), two.message.count()]);
  await expect.poll(async () => (await owners()).toSorted()).toEqual([0, 1]);
  const [owner, other] = (await owners())[0] === 1 ? [one, two] : [two, one];
  await owner.say("It is mine.");
  await expect(owner.log).toContainText("It is mine.");
  await expect(other.entry("It is mine.")).toHaveCount(0);
});

test("an offer nobody answers goes on, and a transfer nobody answers comes back", async ({ people }) => {
  test.setTimeout(150_000);
  const one = await people.agent(1);
  await RemoteCustomer.start(people.server, "Ada Lovelace", "My invoice is wrong.");
  await expect(one.offer("Ada Lovelace")).toBeVisible();
  const two = await people.agent(2);
  await expect(two.offer("Ada Lovelace")).toBeVisible({ timeout: 45_000 });
  await expect(one.page.getByRole("region", { name: "Notices", exact: true })).toContainText(
    "The time to accept Ada Lovelace is over.",
  );
  await expect(one.offer("Ada Lovelace")).toHaveCount(0);

  await two.accept("Ada Lovelace");
  await two.transfer("Agent One", { note: "You know her." });
  await expect(one.offer("Ada Lovelace")).toContainText("You know her.");
  const sentence = two.page.getByText("Agent One did not answer in time. The conversation is yours.");
  await expect(sentence).toBeVisible({ timeout: 75_000 });
  await expect(one.offer("Ada Lovelace")).toHaveCount(0);
  await two.page.getByRole("button", { name: "Dismiss", exact: true }).click();
  await expect(sentence).toHaveCount(0);
  await two.say("I am back.");
  await expect(two.log).toContainText("I am back.");
});

test("a conversation goes back to an agent who is still wrapping it up", async ({ people }) => {
  const { one, two } = await twoAgents(people);
  await one.transfer("Agent Two", { note: "Billed twice." });
  await one.message.fill("I have just found it.");
  await two.accept("Ada Lovelace");
  await expect(one.wrapUp).toBeVisible();

  // What was not sent by then is still at hand, to be taken elsewhere.
  await expect(one.page.getByRole("textbox", { name: "Not sent", exact: true })).toHaveValue("I have just found it.");
  await expectNoBarriers(one.page);
  await one.button("Copy").click();
  await expect(one.button("Copied")).toBeVisible();
  const notes = one.wrapUp.getByRole("textbox", { name: "Wrap-up notes", exact: true });
  await notes.focus();
  await one.page.keyboard.press("ControlOrMeta+V");
  await expect(notes).toHaveValue("I have just found it.");

  await two.transfer("Agent One", { note: "This one is yours after all." });
  await expect(one.offer("Ada Lovelace")).toContainText("This one is yours after all.");
  await expect(one.wrapUp).toBeVisible();
  await one.accept("Ada Lovelace");
  await expect(one.log).toContainText("Agent Two transferred this to Agent One");
  await one.say("Here I am again.");
  await expect(one.log).toContainText("Here I am again.");

  await one.entry("Wrap-up").click();
  await one.file("Passed on");
  await expect(one.entry("Wrap-up")).toHaveCount(0);
  await expect(one.entry("Ada Lovelace")).toHaveCount(1);
});

test("whatever is known about a conversation is there after a transfer", async ({ people }) => {
  const { one, two } = await twoAgents(people);
  const details = (desk: Desk) => desk.page.getByRole("region", { name: "Details", exact: true });
  await expect(details(one)).toContainText("A-4711");
  await one.transfer("Agent Two");
  await two.accept("Ada Lovelace");
  for (const known of ["Ada Lovelace", "Technical support", "Web chat", "Order number", "A-4711", "/account/invoices"]) {
    await expect(details(two)).toContainText(known);
  }
});

test("an offer is complete at the moment it appears", async ({ people }) => {
  const { one, two } = await twoAgents(people);
  await one.say("I will ask my colleague.");
  const firstSight = two.page.evaluate(
    () =>
      new Promise<string>((seen) => {
        const observer = new MutationObserver(() => {
          const article = document.querySelector("article");
          if (!article) return;
          observer.disconnect();
          seen(article.textContent ?? "");
        });
        observer.observe(document.body, { childList: true, subtree: true });
      }),
  );
  await one.transfer("Agent Two", { note: "Billed twice." });
  const sight = await firstSight;
  for (const part of [
    "Ada Lovelace",
    "Technical support",
    "Transferred by Agent One",
    "Billed twice.",
    "My invoice is wrong.",
    "I will ask my colleague.",
    "seconds left",
  ]) {
    expect(sight).toContain(part);
  }
});

test("a conversation cannot be ended while it is being transferred", async ({ people, faults }) => {
  faults.allow(/status of 409/);
  const { one, two } = await twoAgents(people);
  await one.transfer("Agent Two");
  await one.chooseTask("End conversation");
  const dialog = one.dialog("End conversation");
  await dialog.getByRole("button", { name: "End conversation", exact: true }).click();
  await expect(dialog.getByRole("alert")).toHaveText(/transfer/i);
  await one.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await two.accept("Ada Lovelace");
});

test("a transfer to a queue can be taken back for a moment", async ({ people }) => {
  const { one, two } = await twoAgents(people);
  await two.choose("Away");
  await one.transfer("Billing", { tab: "Queues", note: "Billed twice." });
  const notices = one.page.getByRole("region", { name: "Notices", exact: true });
  await expect(notices).toContainText("Transferred to Billing.");
  await notices.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(one.entry("Ada Lovelace")).toBeVisible();
  await one.say("I kept it.");
  await expect(one.log).toContainText("I kept it.");
});

test("a colleague who cannot take it says why, and the search finds people by name", async ({ people }) => {
  const { one } = await twoAgents(people);
  await one.chooseTask("Transfer");
  const dialog = one.dialog("Transfer");
  await dialog.getByRole("searchbox", { name: "Search", exact: true }).fill("three");
  const three = dialog.getByRole("button", { name: "Transfer to Agent Three", exact: true });
  await expect(three).toHaveAccessibleDescription(/./);
  await three.press("Enter");
  await expect(dialog.getByRole("button", { name: "Confirm transfer", exact: true })).toHaveCount(0);
  await expect(dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true })).toHaveCount(0);
  await dialog.getByRole("searchbox", { name: "Search", exact: true }).fill("nobody");
  await expect(dialog).toContainText("Nothing by this name.");
});

test("the customer leaves while the conversation is being transferred", async ({ people }) => {
  const one = await people.agent(1);
  const two = await people.agent(2, { status: "Offline" });
  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await two.choose("Available");
  await one.transfer("Agent Two");
  await expect(two.offer("Ada Lovelace")).toBeVisible();
  await customer.page.getByRole("button", { name: "End chat", exact: true }).click();
  await customer.page.getByRole("button", { name: "End now", exact: true }).click();
  await expect(customer.status).toHaveText("The conversation has ended");
  await expect(two.offer("Ada Lovelace")).toHaveCount(0);
  await expect(one.transferringTo("Agent Two")).toHaveCount(0);
  await expect(one.wrapUp).toBeVisible();
  await one.file("Resolved");
});

test("the sender sees that it is seen, being read and decided soon, and answers one question", async ({ people }) => {
  const { one, two } = await twoAgents(people);
  await one.transfer("Agent Two", { note: "Billed twice." });
  const offer = two.offer("Ada Lovelace");
  await expect(one.page.getByText("Agent Two has seen it.")).toBeVisible();
  await offer.hover();
  await expect(one.page.getByText("Agent Two is reading what you wrote.")).toBeVisible();

  await offer.getByRole("button", { name: "Ask", exact: true }).click();
  await two.dialog("Question").getByRole("textbox", { name: "Question", exact: true }).fill("Which invoice?");
  await two.dialog("Question").getByRole("button", { name: "Ask", exact: true }).click();
  await expect(two.dialog("Question")).toBeHidden();
  await expect(one.page.getByText("Agent Two asks: Which invoice?")).toBeVisible();
  await expect(one.announced).toHaveText("Agent Two asks about Ada Lovelace: Which invoice?");
  await expect(one.notices, "the thread that is open shows it").toBeEmpty();
  await expectNoBarriers(one.page);
  await one.button("Answer").click();
  await one.dialog("Question").getByRole("textbox", { name: "Answer", exact: true }).fill("The last one.");
  await one.dialog("Question").getByRole("button", { name: "Answer", exact: true }).click();
  await expect(offer).toContainText("You asked: Which invoice?");
  await expect(offer).toContainText("Agent One: The last one.");
  await expect(offer.getByRole("button", { name: "Ask", exact: true })).toHaveCount(0);
  await expectNoBarriers(two.page);

  await offer.getByRole("button", { name: "In 2 minutes", exact: true }).click();
  await expect(one.page.getByText("Agent Two decides within 2 minutes.")).toBeVisible();
  await two.accept("Ada Lovelace");
});
