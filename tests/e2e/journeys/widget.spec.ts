// The chat on someone else's page.

import { createServer, type Server as WebServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Chat } from "../chat.ts";
import { expect, test as base } from "../fixtures.ts";

interface Site {
  address: string;
  /** The page it shows. */
  html: string;
  /** Its content security policy. */
  policy: string;
}

const test = base.extend<{ site: Site }>({
  site: async ({}, use) => {
    const site: Site = { address: "", html: "", policy: "default-src 'none'" };
    const server: WebServer = createServer((_, response) => {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.setHeader("Content-Security-Policy", site.policy);
      response.end(site.html);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    site.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await use(site);
    server.closeAllConnections();
    server.close();
  },
});

/** Puts the chat on the site's page, as its documentation says. */
function embed(site: Site, baton: string): void {
  site.policy = `default-src 'none'; script-src ${baton}; frame-src ${baton}; img-src data:`;
  site.html = `<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,">
    <main><h1>A shop</h1><p>Chairs and tables.</p></main><script src="${baton}/widget.js" defer></script></html>`;
}

test.describe("on a site that is allowed to show it", () => {
  test.use({ serverOptions: async ({ site }, use) => use(["--chat-frame-ancestors", site.address]) });

  test("a visitor opens the chat, is answered, closes it and is told of more", async ({ people, site }) => {
    embed(site, people.server.address);
    const one = await people.agent(1);
    const page = await people.open("Ada Lovelace");
    await page.goto(site.address);
    const open = page.getByRole("button", { name: "Open chat", exact: true });
    await open.click();
    const chat = new Chat(page, "Ada Lovelace", page.frameLocator('iframe[title="Chat"]'));
    await chat.start("Do you have green chairs?");
    await one.accept("Ada Lovelace");
    await one.say("Yes, in two heights.");
    await expect(chat.log).toContainText("Yes, in two heights.");

    await page.getByRole("button", { name: "Close chat", exact: true }).click();
    await expect(chat.log).toBeHidden();
    await one.say("Shall I put one aside?");
    await expect(open).toHaveAccessibleDescription("1 unread");
    await open.click();
    await expect(chat.log).toContainText("Shall I put one aside?");

    await page.reload();
    await expect(chat.log).toContainText("Shall I put one aside?");
    await chat.say("Yes, please.");
    await expect(one.log).toContainText("Yes, please.");
  });

  test("on a phone it covers the page", async ({ people, site }) => {
    embed(site, people.server.address);
    const page = await people.open("Ada Lovelace", { viewport: { width: 390, height: 844 }, hasTouch: true });
    await page.goto(site.address);
    await page.getByRole("button", { name: "Open chat", exact: true }).click();
    const frame = page.locator('iframe[title="Chat"]');
    await expect(frame).toBeVisible();
    expect(await frame.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    const chat = new Chat(page, "Ada Lovelace", page.frameLocator('iframe[title="Chat"]'));
    await chat.start("Do you have green chairs?");
    await page.getByRole("button", { name: "Close chat", exact: true }).click();
    await expect(frame).toBeHidden();
  });
});

test("a site that is not allowed to show the chat shows nothing, and the desk is never shown in a frame", async ({
  people,
  site,
  faults,
}) => {
  faults.allow(/frame-ancestors/, /Refused to (frame|display)/, /ERR_BLOCKED_BY_RESPONSE/, /violates the following Content Security Policy/);
  const { address } = people.server;
  for (const path of ["/chat", "/"]) {
    site.policy = `default-src 'none'; frame-src ${address}`;
    site.html = `<!doctype html><html lang="en"><title>A trap</title><iframe title="Frame" src="${address}${path}"></iframe></html>`;
    const page = await people.open("somebody");
    const refused = page.waitForEvent("console", (message) => /frame-ancestors/.test(message.text()));
    await page.goto(site.address);
    await refused;
    await expect(page.frameLocator("iframe").getByRole("textbox")).toHaveCount(0);
  }
});
