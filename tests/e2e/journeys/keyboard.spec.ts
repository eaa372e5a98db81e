// The main job without a mouse.

import { Desk } from "../desk.ts";
import { expect, test } from "../fixtures.ts";

test("signing in, accepting, answering and transferring work by keyboard", async ({ people }) => {
  const page = await people.open("Agent One");
  await page.goto(people.server.address);
  const one = new Desk(page, "Agent One", "agent-1@demo.example");
  const keys = page.keyboard;
  await expect(page.getByRole("textbox", { name: "Email", exact: true })).toBeFocused();
  await keys.type(one.email);
  await keys.press("Tab");
  await keys.type("baton-demo");
  await keys.press("Enter");
  await expect(one.status).toBeVisible();

  await keys.press("Alt+s");
  await expect(page.getByRole("menuitemradio", { name: "Offline", exact: true })).toBeVisible();
  await keys.press("Home");
  await expect(page.getByRole("menuitemradio", { name: "Available", exact: true })).toBeFocused();
  await keys.press("Enter");
  await expect(one.status).toHaveText("Available");
  await expect(one.status).toBeFocused();

  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await expect(one.offer("Ada Lovelace")).toBeVisible();
  await keys.press("Alt+a");
  await expect(one.message).toBeFocused();
  await keys.type("Good morning, Ada.");
  await keys.press("Enter");
  await expect(customer.log).toContainText("Good morning, Ada.");
  await expect(one.message).toBeFocused();

  const two = await people.agent(2);
  await keys.press("Alt+t");
  const dialog = one.dialog("Transfer");
  await expect(dialog.getByRole("searchbox", { name: "Search", exact: true })).toBeFocused();
  await keys.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(one.message).toBeFocused();

  await keys.press("Alt+t");
  await expect(dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true })).toBeVisible();
  await keys.type("two");
  await expect(dialog.getByRole("button", { name: /^Transfer to/ })).toHaveCount(1);
  await keys.press("Tab");
  await expect(dialog.getByRole("button", { name: "Transfer to Agent Two", exact: true })).toBeFocused();
  await keys.press("Enter");
  await expect(dialog.getByRole("textbox", { name: "Notes for agent", exact: true })).toBeFocused();
  await keys.type("Billed twice.");
  await keys.press("Tab");
  await keys.press("Tab");
  await expect(dialog.getByRole("button", { name: "Confirm transfer", exact: true })).toBeFocused();
  await keys.press("Enter");
  await expect(one.transferringTo("Agent Two")).toBeVisible();
  await expect(one.message).toBeFocused();

  await two.page.keyboard.press("Alt+a");
  await expect(two.message).toBeFocused();
  await two.page.keyboard.type("I take over.");
  await two.page.keyboard.press("Enter");
  await expect(customer.log).toContainText("I take over.");

  await test.step("wrapping up", async () => {
    await expect(one.wrapUp).toBeVisible();
    await keys.press("Alt+w");
    await expect(one.wrapUp.getByRole("combobox", { name: "Disposition", exact: true })).toBeFocused();
    await keys.type("Passed on");
    await keys.press("Tab");
    await keys.type("Billed twice.");
    await keys.press("Tab");
    await keys.press("Enter");
    await expect(one.wrapUp).toHaveCount(0);
  });
});

test("? lists the shortcuts, and the focus returns when the list is closed", async ({ people }) => {
  const one = await people.agent(1);
  await one.status.focus();
  await one.page.keyboard.press("?");
  const list = one.dialog("Shortcuts");
  await expect(list).toContainText("Accept the first incoming conversation");
  await expect(list).toContainText("Transfer the conversation");
  await one.page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await expect(one.status).toBeFocused();
});

test("conversations are opened and searched by keyboard, and a question mark can be typed", async ({ people }) => {
  const one = await people.agent(1);
  const keys = one.page.keyboard;
  for (const name of ["Ada Lovelace", "Ben Osei"]) {
    await people.customer(name, `This is ${name}.`);
    await expect(one.offer(name)).toBeVisible();
    await keys.press("Alt+a");
    await expect(one.page.getByRole("heading", { level: 2, name, exact: true })).toBeVisible();
  }
  await keys.press("Alt+ArrowDown");
  await expect(one.page.getByRole("heading", { level: 2, name: "Ada Lovelace", exact: true })).toBeVisible();
  await expect(one.message).toBeFocused();
  await keys.type("Why?");
  await expect(one.message).toHaveValue("Why?");
  await expect(one.dialog("Shortcuts")).toBeHidden();
  await keys.press("Alt+ArrowUp");
  await expect(one.page.getByRole("heading", { level: 2, name: "Ben Osei", exact: true })).toBeVisible();
  await expect(one.message).toHaveValue("");

  await keys.press("Control+f");
  const search = one.page.getByRole("searchbox", { name: "Search conversation", exact: true });
  await expect(search).toBeFocused();
  await keys.type("this is");
  await expect(one.page.getByRole("search").getByRole("button").filter({ hasText: "This is Ben Osei." })).toBeVisible();
  await keys.press("Escape");
  await expect(search).toHaveCount(0);
  await expect(one.message).toBeFocused();
});

test("accepting while typing elsewhere announces it, and one key opens it", async ({ people }) => {
  const one = await people.agent(1);
  await people.customer("Ada Lovelace", "First.");
  await one.accept("Ada Lovelace");
  await one.message.focus();
  await one.page.keyboard.type("I am in the middle of");
  await people.customer("Ben Osei", "Second.");
  await expect(one.offer("Ben Osei")).toBeVisible();
  await one.page.keyboard.press("Alt+a");
  await expect(one.page.getByText("You accepted Ben Osei while writing here.", { exact: true })).toBeVisible();
  await expect(one.announced).toHaveText("You accepted Ben Osei. Alt and O opens it.");
  await expect(one.page.getByRole("heading", { level: 2, name: "Ada Lovelace", exact: true })).toBeVisible();
  await one.page.keyboard.type(" a sentence");
  await expect(one.message).toHaveValue("I am in the middle of a sentence");
  await one.page.keyboard.press("Alt+o");
  await expect(one.page.getByRole("heading", { level: 2, name: "Ben Osei", exact: true })).toBeVisible();
  await expect(one.log).toContainText("Second.");
  await expect(one.page.getByText("You accepted Ben Osei while writing here.", { exact: true })).toHaveCount(0);
  await one.entry("Ada Lovelace").click();
  await expect(one.message).toHaveValue("I am in the middle of a sentence");
});

test("a customer needs no mouse", async ({ people }) => {
  const one = await people.agent(1);
  const customer = await people.visitor("Ada Lovelace");
  const keys = customer.page.keyboard;
  await expect(customer.startButton).toBeVisible();
  await keys.press("Tab");
  await expect(customer.nameBox).toBeFocused();
  await keys.type("Ada Lovelace");
  await keys.press("Tab");
  await keys.type("My invoice is wrong.");
  await keys.press("Tab");
  await keys.press("Enter");
  await expect(customer.message).toBeFocused();
  await one.accept("Ada Lovelace");
  await keys.type("It was billed twice.");
  await keys.press("Enter");
  await expect(one.log).toContainText("It was billed twice.");
  await customer.page.getByRole("button", { name: "End chat", exact: true }).focus();
  await keys.press("Enter");
  await expect(customer.page.getByRole("button", { name: "Keep chatting", exact: true })).toBeFocused();
  await keys.press("Escape");
  await expect(customer.page.getByRole("button", { name: "End chat", exact: true })).toBeFocused();
  await keys.press("Enter");
  await keys.press("Tab");
  await keys.press("Enter");
  await expect(customer.status).toHaveText("The conversation has ended");
  await expect(customer.page.getByRole("button", { name: "Start a new chat", exact: true })).toBeFocused();
});
