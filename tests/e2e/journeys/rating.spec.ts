// What a customer says of a conversation that has ended, where an administrator switched the question on.

import { expect, expectNoBarriers, test } from "../fixtures.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test(`a customer is asked how good it was, once, in ${colorScheme}`, async ({ people, server }) => {
    const page = await people.open("Administrator");
    await page.goto(server.at("/admin/queues"));
    await page.getByRole("textbox", { name: "Email", exact: true }).fill("admin@demo.example");
    await page.getByRole("textbox", { name: "Password", exact: true }).fill("baton-demo");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("button", { name: "Change Technical support", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("checkbox", { name: "Ask customers how good it was", exact: true }).check();
    await expectNoBarriers(page);
    await dialog.getByRole("button", { name: "Save queue", exact: true }).click();
    await expect(dialog).toBeHidden();

    const one = await people.agent(1);
    const ada = await people.customer("Ada Lovelace", "My invoice is wrong.", {
      colorScheme,
      viewport: { width: 320, height: 640 },
    });
    const question = ada.page.getByRole("radiogroup", { name: "How was this conversation?", exact: true });
    await one.accept("Ada Lovelace");
    await expect(question, "not before the end").toHaveCount(0);
    await ada.page.getByRole("button", { name: "End chat", exact: true }).click();
    await ada.page.getByRole("button", { name: "End now", exact: true }).click();
    await expect(ada.status).toHaveText("The conversation has ended");
    await expect(question.getByRole("radio")).toHaveCount(5);
    const next = ada.page.getByText("You have ended this conversation. When you need us again, start a new chat.", { exact: true });
    await expect(next).toBeVisible();
    const anew = ada.page.getByRole("button", { name: "Start a new chat", exact: true });
    const [above, below] = [await anew.boundingBox(), await question.boundingBox()];
    expect(above !== null && below !== null && above.y < below.y, "what comes next stands before the question").toBe(true);
    await expectNoBarriers(ada.page);

    const send = ada.page.getByRole("button", { name: "Send rating", exact: true });
    await send.click();
    await expect(question).toHaveAccessibleDescription("Please choose one of the five.");
    await expect(question.getByRole("radio", { name: "Very bad", exact: true })).toBeFocused();
    await expectNoBarriers(ada.page);
    await question.getByRole("radio", { name: "Good", exact: true }).check();
    await ada.page.getByRole("textbox", { name: "Comment (optional)", exact: true }).fill("Quick and friendly");
    await send.click();
    await expect(ada.page.getByText("Thank you for your rating.", { exact: true }).first()).toBeVisible();
    await expect(question).toBeHidden();
    await expect(anew).toBeFocused();
    await expectNoBarriers(ada.page);
    await ada.page.reload();
    await expect(ada.page.getByText("Thank you for your rating.", { exact: true }).first()).toBeVisible();
    await expect(question).toBeHidden();
  });
}
