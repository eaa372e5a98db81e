// What reaches a person who does not look at the page: tones and desktop notifications.
//
// Both are watched from before the page begins, so nothing is missed and nothing has to be heard.

import type { Page } from "@playwright/test";

/** The first of the two notes of an offer, in hertz. */
const OFFER_NOTE = 660;

interface Note {
  hertz: number;
  /** Whether the browser let it sound. */
  audible: boolean;
}

/** A notification as it was shown. */
export interface Shown {
  title: string;
  body: string;
  closed: boolean;
}

/** Listens for tones; asked for before the page is opened. */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const notes: Note[] = [];
    Object.assign(window, { notes });
    const { start } = AudioScheduledSourceNode.prototype;
    AudioScheduledSourceNode.prototype.start = function (this: OscillatorNode, ...when: [number?]) {
      start.apply(this, when);
      notes.push({ hertz: this.frequency.value, audible: this.context.state === "running" });
    };
  });
}

/** Returns how often the sound of an offer was heard. */
export async function offersHeard(page: Page): Promise<number> {
  const notes = await page.evaluate(() => (window as unknown as { notes: Note[] }).notes);
  return notes.filter(({ hertz, audible }) => audible && hertz === OFFER_NOTE).length;
}

/** Watches for notifications; asked for before the page is opened. */
export async function watchNotifications(page: Page): Promise<void> {
  await page.context().grantPermissions(["notifications"]);
  await page.addInitScript(() => {
    const shown: Watched[] = [];
    class Watched extends Notification {
      closed = false;

      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        shown.push(this);
      }

      override close(): void {
        this.closed = true;
        super.close();
      }
    }
    const seen = { shown, broughtForward: 0 };
    const focus = window.focus.bind(window);
    Object.assign(window, { Notification: Watched, seen });
    window.focus = () => {
      seen.broughtForward += 1;
      focus();
    };
  });
}

interface Seen {
  shown: (Notification & { closed: boolean })[];
  broughtForward: number;
}

/** Returns the notifications so far. */
export async function notifications(page: Page): Promise<Shown[]> {
  return await page.evaluate(() => {
    const { shown } = (window as unknown as { seen: Seen }).seen;
    return shown.map(({ title, body, closed }) => ({ title, body, closed }));
  });
}

/** Clicks the last notification, and returns how often that brought the page forward. */
export async function clickNotification(page: Page): Promise<number> {
  return await page.evaluate(() => {
    const { seen } = window as unknown as { seen: Seen };
    const before = seen.broughtForward;
    seen.shown.at(-1)?.dispatchEvent(new Event("click"));
    return seen.broughtForward - before;
  });
}
