// Light becomes dark in the middle of a sentence.

import { RemoteCustomer } from "../api.ts";
import type { Desk } from "../desk.ts";
import { expect, test } from "../fixtures.ts";

/** The least contrast that text is readable at. Source: WCAG 2.2, 1.4.3. */
const CONTRAST_MIN = 4.5;

interface Watched {
  frames: number;
  /** The least contrast so far. */
  least: number;
  /** How bright the background is, from 0 to 1. */
  background: number;
  /** How many texts changed their colour bit by bit, each in its own time, and so apart from what is behind them. */
  fading: number;
}

/** Watches, frame by frame, how far what is typed stands out from what is behind it. */
async function watchContrast(desk: Desk): Promise<void> {
  await desk.message.evaluate((box) => {
    const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    if (!pixel) throw new Error("there is no canvas");
    const luminance = (colour: string): number => {
      pixel.clearRect(0, 0, 1, 1);
      pixel.fillStyle = colour;
      pixel.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = [...pixel.getImageData(0, 0, 1, 1).data].map((byte) => {
        const part = byte / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const backgroundOf = (element: Element | null): string => {
      const colour = element ? getComputedStyle(element).backgroundColor : "white";
      return colour === "rgba(0, 0, 0, 0)" ? backgroundOf(element?.parentElement ?? null) : colour;
    };
    const watched: Watched = { frames: 0, least: Number.POSITIVE_INFINITY, background: 0, fading: 0 };
    const fades = (animation: Animation): boolean =>
      animation instanceof CSSTransition && animation.transitionProperty === "color";
    const look = (): void => {
      watched.background = luminance(backgroundOf(box));
      const text = luminance(getComputedStyle(box).color);
      const [bright, dim] = text > watched.background ? [text, watched.background] : [watched.background, text];
      watched.least = Math.min(watched.least, (bright + 0.05) / (dim + 0.05));
      watched.frames += 1;
      watched.fading = Math.max(watched.fading, document.getAnimations().filter(fades).length);
      requestAnimationFrame(look);
    };
    look();
    Object.assign(window, { watched });
  });
}

async function watched(desk: Desk): Promise<Watched> {
  return await desk.page.evaluate(() => (window as unknown as { watched: Watched }).watched);
}

for (const reducedMotion of ["reduce", "no-preference"] as const) {
  test(`what is being typed stays readable when light becomes dark, with motion: ${reducedMotion}`, async ({ people, server }) => {
    const one = await people.agent(1, { browser: { reducedMotion, colorScheme: "light" } });
    await RemoteCustomer.start(server, "Ada Lovelace", "My invoice is wrong.");
    await one.accept("Ada Lovelace");
    await one.message.fill("I have found that");
    await expect(one.message).toBeFocused();
    await watchContrast(one);
    const expectReadable = async (background: "light" | "dark"): Promise<void> => {
      const isThere = async (): Promise<boolean> => (await watched(one)).background > 0.5 === (background === "light");
      await expect.poll(isThere, `the box is ${background}`).toBe(true);
      const { frames } = await watched(one);
      await expect.poll(async () => (await watched(one)).frames, "frames after the change").toBeGreaterThan(frames + 20);
      const { least, fading } = await watched(one);
      expect(least, `the least contrast until it was ${background}`).toBeGreaterThan(CONTRAST_MIN);
      expect(fading, "texts that faded").toBe(0);
    };
    await expectReadable("light");
    await one.page.emulateMedia({ colorScheme: "dark" });
    await expectReadable("dark");
    await one.page.emulateMedia({ colorScheme: "light" });
    await expectReadable("light");

    await one.page.getByRole("button", { name: "Settings", exact: true }).click();
    for (const [choice, background] of [["Dark", "dark"], ["Light", "light"], ["Dark", "dark"]] as const) {
      await one.dialog("Settings").getByRole("radio", { name: choice, exact: true }).check();
      await expectReadable(background);
    }
    await one.page.keyboard.press("Escape");
    await expect(one.message).toHaveValue("I have found that");
    await one.page.reload();
    await expect(one.message).toHaveValue("I have found that");
    await watchContrast(one);
    await expectReadable("dark");
  });
}
