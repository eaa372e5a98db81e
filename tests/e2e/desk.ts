// An agent's desk as a person finds it: by role and name.

import { expect, type Locator, type Page } from "@playwright/test";

/** What the transfer dialog lists. */
export type Tab = "Agents" | "Groups" | "Queues" | "Workflows" | "Flows" | "External";

export type Status = "Available" | "Busy" | "Away" | "Finishing" | "Offline";

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

  async chooseTask(task: "Transfer" | "Consult" | "Invite" | "Raise flag" | "Lower flag" | "Create request" | "Wrap up" | "End conversation"): Promise<void> {
    await this.task.click();
    await this.page.getByRole("menuitem", { name: task, exact: true }).click();
  }

  /** Returns what can be chosen in the Task menu. */
  async tasks(): Promise<string[]> {
    await this.task.click();
    const items = this.page.getByRole("menuitem");
    await expect(items.first()).toBeVisible();
    const labels = await items.allTextContents();
    await this.page.keyboard.press("Escape");
    return labels.map((label) => label.trim());
  }

  /** Invites someone to the open conversation, or asks for a consultation about it. */
  async ask(how: "Consult" | "Invite", name: string): Promise<void> {
    await this.chooseTask(how);
    const dialog = this.dialog("Transfer");
    await dialog.getByRole("button", { name: `${how} ${name}`, exact: true }).click();
    const confirm = how === "Invite" ? "Send invitation" : "Start consultation";
    await dialog.getByRole("button", { name: confirm, exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  /** Refuses an offer; where a reason is asked for it is given. */
  async reject(customer: string, reason?: string): Promise<void> {
    await this.offer(customer).getByRole("button", { name: "Reject", exact: true }).click();
    if (reason !== undefined) {
      const dialog = this.dialog("Reject");
      await dialog.getByRole("textbox", { name: "Reason", exact: true }).fill(reason);
      await dialog.getByRole("button", { name: "Reject", exact: true }).click();
    }
    await expect(this.offer(customer)).toHaveCount(0);
  }

  /** The tabs of the transfer dialog. */
  get targetTabs(): Locator {
    return this.dialog("Transfer").getByRole("tab");
  }

  /** What a target's line in the dialog says. */
  place(name: string): Locator {
    return this.dialog("Transfer").getByRole("listitem").filter({ hasText: name });
  }

  get participants(): Locator {
    return this.page.getByRole("region", { name: "Participants", exact: true });
  }

  get notices(): Locator {
    return this.page.getByRole("region", { name: "Notices", exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Transfers the open conversation through the Task menu. */
  async transfer(to: string, options: { note?: string; tab?: Tab } = {}): Promise<void> {
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
