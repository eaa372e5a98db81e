// An agent's desk as a person finds it: by role and name.

import { expect, type Locator, type Page } from "@playwright/test";

export type Status = "Available" | "Busy" | "Away" | "Offline";

export class Desk {
  constructor(
    readonly page: Page,
    /** What the agent is called. */
    readonly name: string,
    readonly email: string,
  ) {}

  get incoming(): Locator {
    return this.page.getByRole("region", { name: "Incoming", exact: true });
  }

  get conversations(): Locator {
    return this.page.getByRole("navigation", { name: "Conversations", exact: true });
  }

  get log(): Locator {
    return this.page.getByRole("log", { name: "Messages", exact: true });
  }

  get message(): Locator {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }

  get send(): Locator {
    return this.page.getByRole("button", { name: "Send", exact: true });
  }

  get status(): Locator {
    return this.page.getByRole("button", { name: "Status", exact: true });
  }

  get task(): Locator {
    return this.page.getByRole("button", { name: "Task", exact: true });
  }

  get wrapUp(): Locator {
    return this.page.getByRole("region", { name: "Wrap up", exact: true });
  }

  /** What a screen reader was told last. */
  get announced(): Locator {
    return this.page.locator("[aria-live=polite][aria-atomic=true]");
  }

  get backToTheList(): Locator {
    return this.page.getByRole("button", { name: "Back to the list", exact: true });
  }

  get connection(): Locator {
    return this.page.getByRole("region", { name: "Connection", exact: true });
  }

  offer(customer: string): Locator {
    return this.incoming.getByRole("article", { name: customer, exact: true });
  }

  /** An entry of the list, by the customer's name or whatever else stands in it. */
  entry(words: string): Locator {
    return this.conversations.getByRole("button").filter({ hasText: words });
  }

  dialog(name: string): Locator {
    return this.page.getByRole("dialog", { name, exact: true });
  }

  async signIn(): Promise<void> {
    await this.page.getByRole("textbox", { name: "Email", exact: true }).fill(this.email);
    await this.page.getByRole("textbox", { name: "Password", exact: true }).fill("baton-demo");
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(this.status).toBeVisible();
  }

  async choose(status: Status): Promise<void> {
    await this.status.click();
    await this.page.getByRole("menuitemradio", { name: status, exact: true }).click();
    await expect(this.status).toHaveText(status);
  }

  async accept(customer: string): Promise<void> {
    await this.offer(customer).getByRole("button", { name: "Accept", exact: true }).click();
    await expect(this.page.getByRole("heading", { level: 2, name: customer, exact: true })).toBeVisible();
    await expect(this.offer(customer)).toHaveCount(0);
  }

  async say(text: string): Promise<void> {
    await this.message.fill(text);
    await this.send.click();
    await expect(this.message).toHaveValue("");
  }

  async chooseTask(task: "Transfer" | "Wrap up" | "End conversation"): Promise<void> {
    await this.task.click();
    await this.page.getByRole("menuitem", { name: task, exact: true }).click();
  }

  /** Transfers the open conversation through the Task menu. */
  async transfer(to: string, options: { note?: string; tab?: "Agents" | "Queues" } = {}): Promise<void> {
    await this.chooseTask("Transfer");
    const dialog = this.dialog("Transfer");
    if (options.tab) await dialog.getByRole("tab", { name: options.tab, exact: true }).click();
    await dialog.getByRole("button", { name: `Transfer to ${to}`, exact: true }).click();
    if (options.note) await dialog.getByRole("textbox", { name: "Notes for agent", exact: true }).fill(options.note);
    await dialog.getByRole("button", { name: "Confirm transfer", exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  transferringTo(name: string): Locator {
    return this.page.getByRole("status", { name: `Transferring to ${name}`, exact: true });
  }

  get cancelTransfer(): Locator {
    return this.page.getByRole("button", { name: "Cancel transfer", exact: true });
  }

  /** Files the wrap-up that is open. */
  async file(disposition: string, notes = ""): Promise<void> {
    await this.wrapUp.getByRole("combobox", { name: "Disposition", exact: true }).selectOption(disposition);
    await this.wrapUp.getByRole("textbox", { name: "Wrap-up notes", exact: true }).fill(notes);
    await this.wrapUp.getByRole("button", { name: "Complete", exact: true }).click();
    await expect(this.wrapUp).toHaveCount(0);
  }
}
