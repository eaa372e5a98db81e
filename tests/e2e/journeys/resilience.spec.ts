// Reloads, several tabs, lost connections, killed servers.

import { RemoteCustomer } from "../api.ts";
import { Desk } from "../desk.ts";
import { NOBODY_ANSWERS } from "../faults.ts";
import { expect, expectNoBarriers, test } from "../fixtures.ts";

test("a reload in the middle loses nothing", async ({ people }) => {
  const one = await people.agent(1);
  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await one.say("Let me see.");
  await one.message.fill("I have found that");
  await customer.message.fill("By the way");

  await one.page.reload();
  await expect(one.page.getByRole("heading", { level: 2, name: "Ada Lovelace", exact: true })).toBeVisible();
  await expect(one.status).toHaveText("Available");
  await expect(one.log).toContainText("Let me see.");
  await expect(one.message).toHaveValue("I have found that");

  await customer.page.reload();
  await expect(customer.log).toContainText("Let me see.");
  await expect(customer.message).toHaveValue("By the way");
  await expect(customer.status).toContainText("Agent One");
  await customer.send.click();
  await expect(one.log).toContainText("By the way");
  await expect(customer.log.getByText("By the way", { exact: true })).toHaveCount(1);
});

test("an offer survives a reload", async ({ people }) => {
  const one = await people.agent(1);
  await RemoteCustomer.start(people.server, "Ada Lovelace", "My invoice is wrong.");
  await expect(one.offer("Ada Lovelace")).toBeVisible();
  await one.page.reload();
  await expect(one.offer("Ada Lovelace")).toBeVisible();
  await one.accept("Ada Lovelace");
});

test("two tabs of one agent share one stream, and the other goes on when one is closed", async ({ people }) => {
  const one = await people.agent(1);
  let streams = 0;
  one.page.context().on("request", (request) => {
    if (request.url().includes("/api/desk/events")) streams += 1;
  });
  const page = await one.page.context().newPage();
  await page.goto(people.server.address);
  const other = new Desk(page, one.name, one.email);
  await expect(other.status).toHaveText("Available");

  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await expect(one.offer("Ada Lovelace")).toBeVisible();
  await other.accept("Ada Lovelace");
  await expect(one.offer("Ada Lovelace")).toHaveCount(0);
  await one.entry("Ada Lovelace").click();
  await other.say("Good morning.");
  await expect(one.log).toContainText("Good morning.");
  await customer.say("Good morning to you.");
  await expect(one.log).toContainText("Good morning to you.");
  await expect(other.log).toContainText("Good morning to you.");
  expect(streams, "streams opened after the first").toBe(0);

  await one.page.close();
  await customer.say("Are you still there?");
  await expect(other.log).toContainText("Are you still there?", { timeout: 20_000 });
  expect(streams, "streams opened by the tab that took over").toBe(1);
});

test("signing out in one tab signs out the other", async ({ people, faults }) => {
  faults.allow(/status of 401/);
  const one = await people.agent(1);
  const page = await one.page.context().newPage();
  await page.goto(people.server.address);
  const other = new Desk(page, one.name, one.email);
  await expect(other.status).toBeVisible();
  await one.page.getByRole("button", { name: "Sign out", exact: true }).click();
  for (const signedOut of [one.page, other.page]) {
    await expect(signedOut.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  }
  await other.signIn();
  await expect(one.status).toBeVisible();
});

test("signing out with a conversation open asks first", async ({ people, faults }) => {
  faults.allow(/status of 401/);
  const one = await people.agent(1);
  await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  const signOut = one.page.getByRole("banner").getByRole("button", { name: "Sign out", exact: true });
  await signOut.click();
  const dialog = one.dialog("Sign out");
  await expect(dialog).toContainText("Sign out with a conversation open?");
  await expectNoBarriers(one.page);
  await dialog.getByRole("button", { name: "Stay", exact: true }).click();
  await expect(dialog).toBeHidden();
  await signOut.click();
  await dialog.getByRole("button", { name: "Hand over all", exact: true }).click();
  await expect(one.dialog("Hand over all")).toBeVisible();
  await one.dialog("Hand over all").getByRole("button", { name: "Close", exact: true }).click();
  await signOut.click();
  await dialog.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(one.page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
});

test("what is written while the server is away is said once when it is back", async ({ people, faults, server }) => {
  test.setTimeout(120_000);
  faults.allow(...NOBODY_ANSWERS);
  const one = await people.agent(1);
  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await one.say("Let me see.");
  await expect(customer.log).toContainText("Let me see.");
  await expect(one.connection).toBeEmpty();

  await server.kill();
  await expect(one.connection).toContainText("You are unreachable.");
  await expect(customer.lost).toBeVisible();
  await one.say("I have found it.");
  await expect(one.log).toContainText("I have found it.");
  await expect(one.log).toContainText("Sending…");
  await customer.say("It was billed twice.");
  await expect(customer.log).toContainText("It was billed twice.");
  await expect(customer.log).toContainText("Sending…");

  await server.startAgain();
  await expect(one.connection).toBeEmpty({ timeout: 45_000 });
  await expect(customer.log).toContainText("I have found it.", { timeout: 45_000 });
  await expect(one.log).toContainText("It was billed twice.", { timeout: 45_000 });
  for (const log of [one.log, customer.log]) {
    await expect(log).not.toContainText("Sending…", { timeout: 45_000 });
    await expect(log.getByText("I have found it.", { exact: true })).toHaveCount(1);
    await expect(log.getByText("It was billed twice.", { exact: true })).toHaveCount(1);
  }
  await expect(one.status).toHaveText("Available");
  await one.say("All is well.");
  await expect(customer.log).toContainText("All is well.");
});

test("a chat begun while the server is away begins once", async ({ people, faults, server }) => {
  test.setTimeout(120_000);
  faults.allow(...NOBODY_ANSWERS);
  const one = await people.agent(1);
  const customer = await people.visitor("Ada Lovelace");
  await expect(customer.startButton).toBeVisible();
  await server.kill();
  await customer.nameBox.fill("Ada Lovelace");
  await customer.questionBox.fill("My invoice is wrong.");
  await customer.startButton.click();
  await expect(customer.lost).toBeVisible();
  await server.startAgain();
  await expect(customer.log).toContainText("My invoice is wrong.", { timeout: 45_000 });
  await expect(one.offer("Ada Lovelace")).toBeVisible({ timeout: 45_000 });
  await one.accept("Ada Lovelace");
  await expect(one.entry("Ada Lovelace")).toHaveCount(1);
});

test("a browser that is offline for a moment catches up", async ({ people, faults }) => {
  test.setTimeout(120_000);
  faults.allow(...NOBODY_ANSWERS);
  const one = await people.agent(1);
  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  await customer.page.context().setOffline(true);
  await customer.say("I am in a tunnel.");
  await expect(customer.log).toContainText("Sending…");
  await one.say("Let me see.");
  await customer.page.context().setOffline(false);
  await expect(one.log).toContainText("I am in a tunnel.", { timeout: 45_000 });
  await expect(customer.log).toContainText("Let me see.", { timeout: 45_000 });
  await expect(customer.log.getByText("I am in a tunnel.", { exact: true })).toHaveCount(1);
  await expect(one.log.getByText("I am in a tunnel.", { exact: true })).toHaveCount(1);
});

test("any address opened signed out shows sign-in, then itself", async ({ people }) => {
  const page = await people.open("Agent One");
  await page.goto(`${people.server.address}/nowhere/at/all`);
  await expect(page.getByRole("heading", { name: "Sign in to your desk", exact: true })).toBeVisible();
  await page.getByRole("textbox", { name: "Email", exact: true }).fill("agent-1@demo.example");
  await page.getByRole("textbox", { name: "Password", exact: true }).fill("baton-demo");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "There is nothing at this address", exact: true })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/nowhere/at/all");

  const desk = new Desk(page, "Agent One", "agent-1@demo.example");
  await page.getByRole("link", { name: "Go to your desk", exact: true }).click();
  await expect(desk.status).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "There is nothing at this address", exact: true })).toBeVisible();
  await page.goForward();
  await expect(desk.status).toBeVisible();
});

test("a wrong password is told, and the address is kept", async ({ people, faults }) => {
  faults.allow(/status of 401/);
  const page = await people.open("somebody");
  await page.goto(people.server.address);
  const email = page.getByRole("textbox", { name: "Email", exact: true });
  const password = page.getByRole("textbox", { name: "Password", exact: true });
  await email.fill("agent-1@demo.example");
  await password.fill("not it");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText(/./);
  await expect(email).toHaveValue("agent-1@demo.example");
  await expect(password).toHaveValue("");
  await expect(password).toBeFocused();
});
