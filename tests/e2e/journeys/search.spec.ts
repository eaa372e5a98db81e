// A supervisor looks for a conversation by what was said in it, and reads what happened.

import { Desk } from "../desk.ts";
import { expect, expectNoBarriers, test } from "../fixtures.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test(`a conversation is found by its words, and its history is read, in ${colorScheme}`, async ({ people, server }) => {
    const one = await people.agent(1);
    const ada = await people.customer("Ada Lovelace", "My café bill is wrong.");
    await one.accept("Ada Lovelace");
    await one.say("Let me look <b>here</b>.");
    await expect(ada.log).toContainText("Let me look <b>here</b>.");

    const page = await people.open("Supervisor", { colorScheme });
    await page.goto(server.at("/"));
    await new Desk(page, "Supervisor", "supervisor@demo.example").signIn();
    await page.getByRole("link", { name: "Wall", exact: true }).click();
    await page.getByRole("tab", { name: "Search", exact: true }).click();
    const words = page.getByRole("searchbox", { name: "Search conversations", exact: true });
    const search = page.getByRole("button", { name: "Search", exact: true });
    await words.fill("CAFE bil");
    await search.click();
    const found = page.getByRole("button", { name: /^Ada Lovelace/ });
    await expect(found).toHaveCount(1);
    await expect(page.getByRole("listitem").getByRole("mark").first()).toHaveText("café");
    await expectNoBarriers(page);

    await found.click();
    const entries = page.getByRole("list", { name: "What happened", exact: true }).getByRole("listitem");
    await expect(entries.first()).toContainText("Ada Lovelace opened it in Technical support");
    await expect(entries.filter({ hasText: "Agent One accepted" })).toHaveCount(1);
    await expect(entries.filter({ hasText: "Let me look <b>here</b>." })).toHaveCount(1);
    await expect(entries.filter({ hasText: "My café bill is wrong." })).toContainText("Seen by Agent One");
    await expectNoBarriers(page);
    await page.getByRole("checkbox", { name: "Messages", exact: true }).uncheck();
    await expect(entries.filter({ hasText: "My café bill is wrong." })).toHaveCount(0);
    await expect(entries.filter({ hasText: "Agent One accepted" })).toHaveCount(1);

    await words.fill("zebra");
    await words.press("Enter");
    await expect(page.getByText("No such conversation was found in your teams.", { exact: true })).toBeVisible();
    await words.fill("");
    await page.getByRole("combobox", { name: "State", exact: true }).selectOption("Closed");
    await search.click();
    await expect(found).toHaveCount(0);
    await page.getByRole("combobox", { name: "State", exact: true }).selectOption("Open");
    await search.click();
    await expect(found).toHaveCount(1);
    await expectNoBarriers(page);
  });
}
