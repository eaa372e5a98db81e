// The end of a shift: no new work, everything handed over at once, and what becomes of those whose agent is gone.

import { RemoteCustomer, setPolicy } from "../api.ts";
import { NOBODY_ANSWERS } from "../faults.ts";
import { expect, expectNoBarriers, test } from "../fixtures.ts";

const ADA = "Ada Lovelace";

test("whoever is finishing gets no new work, hands over all that they have, and is Offline then", async ({
  people,
  server,
}) => {
  const one = await people.agent(1);
  const two = await people.agent(2, { status: "Offline" });
  await RemoteCustomer.start(server, ADA, "My invoice 4711 is wrong.");
  await one.accept(ADA);
  await RemoteCustomer.start(server, "Bob", "My parcel is lost.");
  await one.accept("Bob");
  await two.choose("Available");
  await one.choose("Finishing");
  await RemoteCustomer.start(server, "Cem", "I have a question.");
  await expect(two.offer("Cem"), "no new work for whoever finishes").toBeVisible();
  await expect(one.offer("Cem")).toHaveCount(0);

  await one.status.click();
  await one.page.getByRole("menuitem", { name: "Hand over all", exact: true }).click();
  const dialog = one.dialog("Hand over all");
  const target = dialog.getByRole("combobox", { name: "Hand over to", exact: true });
  await expect(dialog.getByText(ADA, { exact: true })).toBeVisible();
  await expect(dialog.getByText("Bob", { exact: true })).toBeVisible();
  await dialog.getByRole("button", { name: "Hand over all", exact: true }).click();
  await expect(dialog.getByRole("alert")).toHaveText("Choose where they go.");
  const free = target.getByRole("option", { name: "Agent Two · Available" });
  await target.selectOption(await free.getAttribute("value"));
  await dialog.getByRole("textbox", { name: "Notes for agent", exact: true }).fill("My shift is over.");
  await expectNoBarriers(one.page);
  await dialog.getByRole("button", { name: "Hand over all", exact: true }).click();
  await expect(dialog.getByText("Transferring to Agent Two", { exact: true })).toHaveCount(2);
  await dialog.getByRole("button", { name: "Close", exact: true }).click();

  await expect(one.entry(ADA), "a pending transfer stands out in the list").toContainText("Agent Two");
  await expect(one.status, "they have both until somebody accepts").toHaveText("Finishing");
  await expect(two.offer(ADA)).toContainText("My shift is over.");
  await expect(two.offer(ADA), "each with a summary of its own").toContainText("4711");
  await two.accept(ADA);
  await two.accept("Bob");
  await expect(one.status, "nothing is left").toHaveText("Offline");
  await expect(one.entry(ADA).filter({ hasNotText: "Wrap-up" })).toHaveCount(0);
  await expect(two.log).toContainText("My shift is over.");
});

test("a customer whose agent is gone for too long is told, and somebody else goes on", async ({ people, server, faults }) => {
  faults.allow(...NOBODY_ANSWERS);
  test.setTimeout(180_000);
  await setPolicy(server, { preset: "baton", grace_secs: 1 });
  const one = await people.agent(1);
  const ada = await people.customer(ADA, "My invoice is wrong.");
  await one.accept(ADA);
  await one.say("I am looking into it.");
  const two = await people.agent(2);
  await one.page.context().setOffline(true);
  await expect(ada.status).toContainText("Your agent was disconnected. Someone else will be with you soon", {
    timeout: 120_000,
  });
  await expect(two.offer(ADA)).toContainText("I am looking into it.");
  await two.accept(ADA);
  await expect(ada.status).toHaveText("Agent Two has joined");
});
