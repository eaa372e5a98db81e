// Who has read what, who is typing, what waits.

import { RemoteCustomer } from "../api.ts";
import { expect, test } from "../fixtures.ts";

test("what was read just before going elsewhere is read, and what comes meanwhile is not", async ({ people, server }) => {
  const one = await people.agent(1);
  const ada = await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await RemoteCustomer.start(server, "Ben Osei", "My parcel is late.");
  await one.accept("Ben Osei");
  await one.entry("Ada Lovelace").click();
  await ada.say("It was billed twice.");
  await expect(one.log).toContainText("It was billed twice.");
  await ada.say("I paid both.");
  await expect(one.log).toContainText("I paid both.");
  await one.entry("Ben Osei").click();
  await expect(one.log).toContainText("My parcel is late.");
  await expect(one.entry("Ada Lovelace")).not.toContainText("unread");
  await expect(one.page).toHaveTitle("Baton");

  await ada.say("Are you there?");
  await expect(one.entry("Ada Lovelace")).toContainText("1 unread");
  await expect(one.page).toHaveTitle("(1) Baton");
  await one.entry("Ada Lovelace").click();
  await expect(one.log.getByText("New", { exact: true })).toBeVisible();
  await expect(one.entry("Ada Lovelace")).not.toContainText("unread");
});

test("the line before what is new goes once it is answered", async ({ people, server }) => {
  const one = await people.agent(1);
  const ada = await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await RemoteCustomer.start(server, "Ben Osei", "My parcel is late.");
  await one.accept("Ben Osei");
  await expect(one.entry("Ada Lovelace")).not.toContainText("unread");
  await ada.say("Are you there?");
  await expect(one.entry("Ada Lovelace")).toContainText("1 unread");
  await one.entry("Ada Lovelace").click();
  const line = one.log.getByText("New", { exact: true });
  await expect(line).toBeVisible();
  await one.say("Here I am.");
  await expect(line).toHaveCount(0);
  await ada.say("Good.");
  await expect(one.log).toContainText("Good.");
  await expect(line).toHaveCount(0);
});

test("each side sees the other typing, and that a message was read", async ({ people }) => {
  const one = await people.agent(1);
  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await customer.message.pressSequentially("It was");
  await expect(one.log).toContainText("Ada Lovelace is typing…");
  await customer.message.press("Enter");
  await expect(one.log).not.toContainText("is typing…");
  await one.message.pressSequentially("I see");
  await expect(customer.log.getByText("Agent One is typing…", { exact: true })).toBeVisible();
  await one.message.press("Enter");
  await expect(customer.log.getByText("is typing…")).toBeHidden();
  await expect(one.log).toContainText("Read");

  await one.message.pressSequentially("One mo");
  await expect(customer.log.getByText("Agent One is typing…", { exact: true })).toBeVisible();
  await customer.page.getByRole("button", { name: "End chat", exact: true }).click();
  await customer.page.getByRole("button", { name: "End now", exact: true }).click();
  await expect(customer.status).toHaveText("The conversation has ended");
  await expect(customer.log.getByText("is typing…"), "nobody types in what has ended").toBeHidden({ timeout: 2_000 });
});
