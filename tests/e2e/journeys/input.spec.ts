// Whatever people type arrives as they typed it, and as text.

import { expect, test } from "../fixtures.ts";

const LIMIT = 8_000;
const MARKUP = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;

test("markup in names, messages, notes and reasons is text", async ({ people }) => {
  const one = await people.agent(1);
  const name = `<b>Ada</b> "&amp;"`;
  const customer = await people.customer(name, MARKUP);
  await expect(one.offer(name)).toContainText(MARKUP);
  await one.accept(name);
  await expect(one.log.getByText(MARKUP, { exact: true })).toBeVisible();
  await one.say(`${MARKUP} {{7*7}} \${7*7} javascript:alert(3)`);
  await expect(customer.log).toContainText(`${MARKUP} {{7*7}} \${7*7} javascript:alert(3)`);

  const two = await people.agent(2);
  await one.transfer("Agent Two", { note: MARKUP });
  await expect(two.offer(name)).toContainText(MARKUP);
  await two.offer(name).getByRole("button", { name: "Reject", exact: true }).click();
  await two.dialog("Reject").getByRole("textbox", { name: "Reason", exact: true }).fill(MARKUP);
  await two.dialog("Reject").getByRole("button", { name: "Reject", exact: true }).click();
  await expect(one.page.getByText(`Agent Two rejected the transfer: ${MARKUP}`, { exact: true })).toBeVisible();
  for (const page of [one.page, two.page, customer.page]) {
    await expect(page.locator("main img, main b, main script")).toHaveCount(0);
  }
});

test("emoji, right-to-left writing and line breaks arrive as they were typed", async ({ people }) => {
  const one = await people.agent(1);
  const customer = await people.customer("Zoë Martens", "👩‍👩‍👧‍👦🇵🇹 naïve ﷽ \u{1F468}\u{1F3FD}\u200D\u{1F680}");
  await one.accept("Zoë Martens");
  await expect(one.log.getByText("👩‍👩‍👧‍👦🇵🇹 naïve ﷽ 👨🏽‍🚀", { exact: true })).toBeVisible();

  await customer.say("مرحبا، رقم الطلب هو 4711!");
  const arabic = one.log.getByText("مرحبا، رقم الطلب هو 4711!", { exact: true });
  await expect(arabic).toBeVisible();
  const isRightToLeft = (text: Element): boolean => {
    const { direction, unicodeBidi } = getComputedStyle(text);
    return direction === "rtl" || unicodeBidi === "plaintext";
  };
  expect(await arabic.evaluate(isRightToLeft), "the desk orders it from right to left").toBe(true);
  const own = customer.log.getByText("مرحبا، رقم الطلب هو 4711!", { exact: true });
  expect(await own.evaluate(isRightToLeft), "the chat orders it from right to left").toBe(true);

  await one.message.focus();
  await one.page.keyboard.type("First line");
  await one.page.keyboard.press("Shift+Enter");
  await one.page.keyboard.type("second line");
  await expect(one.message).toHaveValue("First line\nsecond line");
  await one.page.keyboard.press("Enter");
  await expect(one.message).toHaveValue("");
  const said = customer.log.getByText(/First line\s+second line/);
  await expect(said).toBeVisible();
  expect(await said.evaluate((text) => (text as HTMLElement).innerText)).toBe("First line\nsecond line");
});

test("a message of the greatest length is sent whole, and a longer one is refused with a sentence", async ({ people }) => {
  const one = await people.agent(1);
  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await one.accept("Ada Lovelace");
  const words = "word ".repeat(LIMIT / 5).slice(0, LIMIT - 1);
  const longest = `${words}!`;

  await customer.message.fill(`${longest}!`);
  await expect(customer.page.getByText("1 character too many", { exact: true })).toBeVisible();
  await customer.send.click();
  await expect(customer.message).toHaveValue(`${longest}!`);
  await customer.message.fill(longest);
  await expect(customer.page.getByText("0 characters left", { exact: true })).toBeVisible();
  await customer.send.click();
  await expect(customer.message).toHaveValue("");
  await expect(one.log.getByText(longest, { exact: true })).toBeVisible();

  await one.message.fill(`${longest}!`);
  await expect(one.page.getByText("1 character too many", { exact: true })).toBeVisible();
  await one.message.press("Enter");
  await expect(one.message).toHaveValue(`${longest}!`);
  await one.message.fill("🎈".repeat(LIMIT));
  await expect(one.page.getByText("0 characters left", { exact: true })).toBeVisible();
  await one.send.click();
  await expect(customer.log.getByText("🎈".repeat(LIMIT), { exact: true })).toBeVisible();
});

test("a form that is not filled in says what is missing, and blanks are not sent", async ({ people }) => {
  const customer = await people.visitor("Ada Lovelace");
  await customer.startButton.click();
  await expect(customer.nameBox).toBeFocused();
  await expect(customer.nameBox).toHaveAccessibleDescription("Please enter your name.");
  await customer.nameBox.fill("Ada Lovelace");
  await customer.questionBox.fill(" \n ");
  await customer.startButton.click();
  await expect(customer.questionBox).toBeFocused();
  await expect(customer.questionBox).toHaveAccessibleDescription("Please write a few words.");
  await customer.questionBox.fill("x".repeat(LIMIT + 1));
  await customer.startButton.click();
  await expect(customer.questionBox).toHaveAccessibleDescription("This is too long to send.");
  await customer.questionBox.fill("Hello?");
  await customer.startButton.click();
  await expect(customer.log).toContainText("Hello?");
  await customer.message.fill("   ");
  await customer.send.click();
  await expect(customer.log.getByRole("listitem")).toHaveCount(2);
});

test("a long word does not push anything aside", async ({ people }) => {
  const one = await people.agent(1);
  const customer = await people.customer("W".repeat(100), "x".repeat(3_000));
  await one.accept("W".repeat(100));
  await one.say("y".repeat(3_000));
  await expect(customer.log).toContainText("yyy");
  for (const page of [one.page, customer.page]) {
    const beside = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(beside, `pixels beside the page at ${page.url()}`).toBe(0);
    const inLog = await page.getByRole("log").evaluate((log) => log.scrollWidth - log.clientWidth);
    expect(inLog, `pixels beside the log at ${page.url()}`).toBe(0);
  }
});
