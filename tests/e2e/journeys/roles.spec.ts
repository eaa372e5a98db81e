// Everybody who works here comes to a desk of their own.

import { Desk } from "../desk.ts";
import { expect, test } from "../fixtures.ts";

for (const [name, email] of [
  ["Supervisor", "supervisor@demo.example"],
  ["Administrator", "admin@demo.example"],
] as const) {
  test(`the ${name.toLowerCase()} signs in, chooses a status and signs out`, async ({ people, server, faults }) => {
    faults.allow(/status of 401/);
    const page = await people.open(name);
    const desk = new Desk(page, name, email);
    const signIn = page.getByRole("heading", { name: "Sign in to your desk", exact: true });
    await page.goto(server.at("/nowhere"));
    await expect(signIn).toBeVisible();
    await page.goto(server.at("/"));
    await expect(signIn).toBeVisible();
    await desk.signIn();
    await expect(page.getByRole("banner").getByText(name, { exact: true })).toBeVisible();
    await expect(desk.status).toHaveText("Offline");
    await desk.choose("Busy");
    await page.reload();
    await expect(desk.status).toHaveText("Busy");
    await expect(page.getByRole("banner").getByText(name, { exact: true })).toBeVisible();

    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await expect(signIn).toBeVisible();
    await page.goto(server.at("/nowhere"));
    await expect(signIn, "what an address shows to nobody").toBeVisible();
    await page.getByRole("textbox", { name: "Email", exact: true }).fill(email);
    await page.getByRole("textbox", { name: "Password", exact: true }).fill("baton-demo");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("heading", { name: "There is nothing at this address", exact: true })).toBeVisible();
    expect(page.url()).toBe(server.at("/nowhere"));
    await page.getByRole("link", { name: "Go to your desk", exact: true }).click();
    await expect(desk.status).toHaveText("Busy");
  });
}
