// What must not happen while a test runs, whatever it is about: errors of the page, violations of
// its content security policy, answers that blame the server.

import type { BrowserContext, Page } from "@playwright/test";

/** Asking who is signed in is answered 401 while nobody is; browsers write that to the console. */
const ALWAYS_ALLOWED = [/status of 401 .*\/api\/session$/];

/** What browsers write to the console when nobody answers. */
export const NOBODY_ANSWERS = [/net::ERR_/, /status of 503/];

export class Faults {
  readonly #found: string[] = [];
  readonly #allowed: RegExp[] = [...ALWAYS_ALLOWED];

  /** Watches every page of a context. */
  async watch(context: BrowserContext, who: string): Promise<void> {
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`security policy: ${event.violatedDirective} forbids ${event.blockedURI}`);
      });
    });
    context.on("page", (page) => this.#watchPage(page, who));
  }

  /** Lets a fault pass that the test brings about itself. */
  allow(...faults: RegExp[]): void {
    this.#allowed.push(...faults);
  }

  /** Returns what happened and must not have. */
  get all(): readonly string[] {
    return this.#found.filter((fault) => !this.#allowed.some((allowed) => allowed.test(fault)));
  }

  #watchPage(page: Page, who: string): void {
    page.on("pageerror", (error) => this.#found.push(`${who}: ${error.stack || error.message}`));
    page.on("crash", () => this.#found.push(`${who}: the page crashed`));
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      this.#found.push(`${who}: ${message.text()} ${message.location().url}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 500) {
        this.#found.push(`${who}: ${response.status()} from ${response.request().method()} ${response.url()}`);
      }
    });
  }
}
