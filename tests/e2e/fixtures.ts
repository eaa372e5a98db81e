// What every test stands on: a server of its own, people with a browser of their own, and the
// rule that nothing goes wrong behind the scenes.

import AxeBuilder from "@axe-core/playwright";
import { type BrowserContextOptions, expect, type Page, test as base } from "@playwright/test";

import { Chat } from "./chat.ts";
import { Desk, type Status } from "./desk.ts";
import { Faults } from "./faults.ts";
import { Server } from "./server.ts";

const NUMBERS = ["One", "Two", "Three", "Four", "Five", "Six"] as const;

/** How an agent comes to their desk. */
interface Arrival {
  status?: Status;
  browser?: BrowserContextOptions;
  /** Called with the page before anything is opened in it. */
  prepare?: (page: Page) => Promise<void>;
}

/** Who can be called in; each has a browser of their own. */
export class People {
  constructor(
    readonly server: Server,
    readonly faults: Faults,
    readonly open: (who: string, options?: BrowserContextOptions) => Promise<Page>,
  ) {}

  /** Brings an agent to their desk, Available unless told otherwise. */
  async agent(number: number, options: Arrival = {}): Promise<Desk> {
    const name = `Agent ${NUMBERS[number - 1]}`;
    const page = await this.open(name, options.browser);
    await options.prepare?.(page);
    await page.goto(this.server.address);
    const desk = new Desk(page, name, `agent-${number}@demo.example`);
    await desk.signIn();
    const { status = "Available" } = options;
    if (status !== "Offline") await desk.choose(status);
    return desk;
  }

  /** Opens the customer's page. */
  async visitor(name: string, browser?: BrowserContextOptions): Promise<Chat> {
    const page = await this.open(name, browser);
    await page.goto(`${this.server.address}/chat`);
    return new Chat(page, name);
  }

  /** Opens the customer's page and asks something. */
  async customer(name: string, question: string, browser?: BrowserContextOptions): Promise<Chat> {
    const chat = await this.visitor(name, browser);
    await chat.start(question);
    return chat;
  }
}

interface Fixtures {
  /** Further options of `baton serve`. */
  serverOptions: string[];
  server: Server;
  faults: Faults;
  people: People;
}

export const test = base.extend<Fixtures>({
  serverOptions: [[], { option: true }],

  server: async ({ serverOptions }, use, info) => {
    const server = await Server.start(...serverOptions);
    await use(server);
    const code = server.isRunning ? await server.stop() : 0;
    await server.remove();
    if (info.status !== info.expectedStatus) {
      await info.attach("server.log", { body: server.log, contentType: "text/plain" });
    }
    expect(code, "what the server ended with").toBe(0);
  },

  faults: async ({}, use) => {
    const faults = new Faults();
    await use(faults);
    expect(faults.all, "what went wrong behind the scenes").toEqual([]);
  },

  people: async ({ browser, server, faults, contextOptions }, use) => {
    const closers: (() => Promise<void>)[] = [];
    const open = async (who: string, options: BrowserContextOptions = {}): Promise<Page> => {
      const context = await browser.newContext({ reducedMotion: "reduce", ...contextOptions, ...options });
      closers.push(() => context.close());
      await faults.watch(context, who);
      return await context.newPage();
    };
    await use(new People(server, faults, open));
    await Promise.all(closers.map((close) => close()));
  },
});

/** Looks at a page with axe; it must find nothing. */
export async function expectNoBarriers(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    rule: `${id}: ${help}`,
    elements: nodes.map((node) => `${node.html}\n${node.failureSummary ?? ""}`),
  }));
  expect(found, `what axe finds at ${page.url()}`).toEqual([]);
}

export { expect };
