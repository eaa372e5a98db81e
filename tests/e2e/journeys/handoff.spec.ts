// The main job, from end to end: a customer's chat passes from hand to hand.

import { expect, test } from "../fixtures.ts";

test("a chat reaches an agent, who hands it to another, who hands it to a queue", async ({ people }) => {
  const one = await people.agent(1);
  const customer = await people.customer("Ada Lovelace", "My invoice is wrong.");
  await expect(customer.status).toHaveText("You are number 1 in line");

  await test.step("Agent One is offered the chat, accepts and answers", async () => {
    const offer = one.offer("Ada Lovelace");
    await expect(offer).toContainText("Technical support");
    await expect(offer).toContainText("My invoice is wrong.");
    await expect(offer).toContainText(/\d+ seconds left/);
    await expect(one.page).toHaveTitle("(1) Baton");
    await one.accept("Ada Lovelace");
    await expect(one.log).toContainText("My invoice is wrong.");
    await expect(customer.status).toHaveText("Agent One has joined");
    await one.say("Good morning, Ada. I will look into it.");
    await expect(customer.log).toContainText("Good morning, Ada. I will look into it.");
    await expect(one.log).toContainText("Read");
    await customer.say("Thank you!");
    await expect(one.log).toContainText("Thank you!");
  });

  const two = await people.agent(2);
  await test.step("Agent One transfers it to Agent Two with a note", async () => {
    await one.transfer("Agent Two", { note: "Number 4711 was billed twice." });
    await expect(one.transferringTo("Agent Two")).toBeVisible();
    await expect(one.cancelTransfer).toBeVisible();
    await expect(customer.status).toHaveText("Transferring you to Agent Two");
  });

  await test.step("Agent Two sees who, why and all that was said before accepting", async () => {
    const offer = two.offer("Ada Lovelace");
    await expect(offer).toContainText("Transferred by Agent One");
    await expect(offer).toContainText("Number 4711 was billed twice.");
    await expect(offer).toContainText("My invoice is wrong.");
    await expect(offer).toContainText("Good morning, Ada. I will look into it.");
    await expect(offer).toContainText("Thank you!");
  });

  await test.step("Agent One can go on writing until it is accepted", async () => {
    await one.say("My colleague knows more.");
    await expect(customer.log).toContainText("My colleague knows more.");
    await expect(two.offer("Ada Lovelace")).toContainText("My colleague knows more.");
  });

  await test.step("Agent Two accepts, and the customer sees it", async () => {
    await two.accept("Ada Lovelace");
    await expect(customer.status).toHaveText("Agent Two has joined");
    await expect(two.log).toContainText("Agent One transferred this to Agent Two");
    await expect(two.log).toContainText("Number 4711 was billed twice.");
    await two.say("I have refunded it.");
    await expect(customer.log).toContainText("I have refunded it.");
    await expect(customer.log).not.toContainText("4711");
  });

  await test.step("Agent One wraps up", async () => {
    await expect(one.wrapUp).toBeVisible();
    await expect(one.message).toHaveCount(0);
    await one.file("Passed on", "Billed twice.");
    await expect(one.conversations).toContainText("Nothing here yet.");
  });

  await one.choose("Away");
  await test.step("Agent Two transfers it to the queue Billing, where Agent Three accepts", async () => {
    const three = await people.agent(3);
    await two.transfer("Billing", { tab: "Queues", note: "Please confirm the refund." });
    const offer = three.offer("Ada Lovelace");
    await expect(offer).toContainText("Billing");
    await expect(offer).toContainText("Transferred by Agent Two");
    await expect(offer).toContainText("Please confirm the refund.");
    await expect(customer.status).toHaveText(/Transferring you to Billing|You are number 1 in line/);
    await three.accept("Ada Lovelace");
    await expect(customer.status).toHaveText("Agent Three has joined");
    for (const said of [
      "My invoice is wrong.",
      "Good morning, Ada. I will look into it.",
      "Thank you!",
      "Number 4711 was billed twice.",
      "I have refunded it.",
      "Please confirm the refund.",
    ]) {
      await expect(three.log).toContainText(said);
    }
    await three.say("The refund is confirmed.");
    await expect(customer.log).toContainText("The refund is confirmed.");
  });
});
