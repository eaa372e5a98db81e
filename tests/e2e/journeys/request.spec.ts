// A conversation that becomes a request: the customer has a number, leaves an address, and finds the answer.

import { randomUUID } from "node:crypto";

import type { Desk } from "../desk.ts";
import { expect, expectNoBarriers, test } from "../fixtures.ts";

/** Ends the open conversation with a request. */
async function createRequest(desk: Desk): Promise<void> {
  await desk.task.click();
  await desk.page.getByRole("menuitem", { name: "Create request", exact: true }).click();
  await desk.dialog("Create request").getByRole("button", { name: "Create request", exact: true }).click();
  await expect(desk.dialog("Create request")).toBeHidden();
}

/** Answers the newest request as a program would. */
async function answer(desk: Desk, address: string, text: string): Promise<void> {
  const { request } = desk.page;
  const requests: { id: string; address: string | null }[] = await (await request.get(`${address}/api/requests`)).json();
  expect(requests[0]?.address, "what staff see of the address").toBe("ada@example.com");
  const answered = await request.post(`${address}/api/requests/${requests[0]?.id}/answer`, {
    data: { text },
    headers: { "Idempotency-Key": randomUUID(), Origin: address },
  });
  expect(answered.ok()).toBe(true);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`the customer is told the number, leaves an address and finds the answer, in ${colorScheme}`, async ({
    people,
    server,
    faults,
  }) => {
    faults.allow(/status of 4\d\d/);
    const one = await people.agent(1);
    const ada = await people.customer("Ada Lovelace", "When is the part back in stock?", {
      colorScheme,
      viewport: { width: 390, height: 844 },
    });
    await one.accept("Ada Lovelace");
    await createRequest(one);
    await expect(one.entry("Wrap-up")).toContainText("Ended by you with request 1");
    await expect(ada.status).toHaveText("Your request number is 1. We will answer later.");
    const email = ada.page.getByRole("textbox", { name: "Email", exact: true });
    const send = ada.page.getByRole("button", { name: "Send", exact: true });
    await expect(email).toHaveAccessibleDescription(/^So that we can write to you when we answer\./);
    await expectNoBarriers(ada.page);

    await email.fill("ada at example");
    await send.click();
    await expect(email).toHaveAttribute("aria-invalid", "true");
    await expect(email).toHaveAccessibleDescription("Please enter an e-mail address.");
    await email.fill("ada@example");
    await send.click();
    await expect(email, "what the server refuses").toHaveAttribute("aria-invalid", "true");
    await email.fill("ada@example.com");
    await send.click();
    const where = "You find the answer here when you return. We may also write to ada@example.com.";
    const change = ada.page.getByRole("button", { name: "Change", exact: true });
    const told = ada.page.getByRole("paragraph").filter({ has: change });
    await expect(told).toContainText(where);
    await expect(change).toBeFocused();
    await expectNoBarriers(ada.page);
    await ada.page.reload();
    await expect(told).toContainText(where);
    await change.click();
    await expect(email).toBeFocused();

    await answer(one, server.address, "It is back on Monday.");
    await expect(ada.status).toHaveText("Your request number 1 is answered");
    await expect(ada.page.getByText("It is back on Monday.", { exact: true })).toBeVisible();
    await expect(email).toBeHidden();
    await expectNoBarriers(ada.page);
    await ada.page.reload();
    await expect(ada.page.getByText("It is back on Monday.", { exact: true })).toBeVisible();
  });
}
