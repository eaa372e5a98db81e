// The customer's page as a person finds it: by role and name.

import { expect, type FrameLocator, type Locator, type Page } from "@playwright/test";

export class Chat {
  readonly #in: Page | FrameLocator;

  constructor(
    readonly page: Page,
    /** What the customer is called. */
    readonly name: string,
    frame?: FrameLocator,
  ) {
    this.#in = frame ?? page;
  }

  get nameBox(): Locator {
    return this.#in.getByRole("textbox", { name: "Your name", exact: true });
  }

  get questionBox(): Locator {
    return this.#in.getByRole("textbox", { name: "How can we help?", exact: true });
  }

  get startButton(): Locator {
    return this.#in.getByRole("button", { name: "Start chat", exact: true });
  }

  get log(): Locator {
    return this.#in.getByRole("log", { name: "Messages", exact: true });
  }

  get message(): Locator {
    return this.#in.getByRole("textbox", { name: "Message", exact: true });
  }

  get send(): Locator {
    return this.#in.getByRole("button", { name: "Send", exact: true });
  }

  get status(): Locator {
    return this.#in.getByRole("status");
  }

  /** What says that the connection is lost. */
  get lost(): Locator {
    return this.#in.getByRole("button", { name: "Try now", exact: true });
  }

  async start(question: string): Promise<void> {
    await this.nameBox.fill(this.name);
    await this.questionBox.fill(question);
    await this.startButton.click();
    await expect(this.log).toContainText(question);
  }

  async say(text: string): Promise<void> {
    await this.message.fill(text);
    await this.send.click();
    await expect(this.message).toHaveValue("");
  }
}
