// The wall of a large team while much happens: nothing that happened is missing from it, and it answers at once.
//
// BATON_WALL_AGENTS and BATON_WALL_EVENTS, the people and the events in a second, default to a form that a test run has
// time for; the figures of the long form are in docs/benchmarks.md.

import type { Page } from "@playwright/test";
import { ask, signIn } from "../api.ts";
import { Desk } from "../desk.ts";
import { expect, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

const AGENTS = Number(process.env.BATON_WALL_AGENTS ?? 200);
const EVENTS_A_SECOND = Number(process.env.BATON_WALL_EVENTS ?? 50);
const SECONDS = Number(process.env.BATON_WALL_SECONDS ?? 5);

/** How many are asked for at a time while people are added. */
const AT_ONCE = 8;

/** Between the slices in which events are sent. */
const SLICE_MS = 20;

const STATUSES = ["available", "busy", "away"] as const;
const LABELS: Readonly<Record<string, string>> = { available: "Available", busy: "Busy", away: "Away" };

/** Does something with each, several at a time. */
async function each<Thing>(things: readonly Thing[], atOnce: number, act: (thing: Thing) => Promise<void>): Promise<void> {
  const waiting = things.values();
  const work = async (): Promise<void> => {
    for (const thing of waiting) await act(thing);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

const nameOf = (number: number): string => `Person ${String(number).padStart(4, "0")}`;

/** One of many agents. */
interface Person {
  id: string;
  cookie: string;
}

/** Adds many agents in one team of the demo's supervisor, signs them in, and returns them in the order of their names. */
async function addTeam(server: Server): Promise<Person[]> {
  const cookie = { Cookie: await signIn(server, "admin@demo.example") };
  const people: Person[] = [];
  await each([...Array(AGENTS).keys()], AT_ONCE, async (number) => {
    const email = `person-${number}@demo.example`;
    const person = { name: nameOf(number), email, password: "baton-demo", role: "agent", capacity: 4, interruptible_capacity: null };
    const { id } = await ask(server, "POST", "/api/people", person, cookie);
    people[number] = { id, cookie: await signIn(server, email) };
  });
  const everyone = await (await fetch(server.at("/api/people"), { headers: cookie })).json();
  const lead = everyone.find((person: { name: string }) => person.name === "Supervisor").id;
  await ask(server, "POST", "/api/teams", { name: "Everyone", agents: people.map(({ id }) => id), supervisors: [lead] }, cookie);
  return people;
}

/** Connects everyone, as their desks would by answering a heartbeat. */
async function connect(server: Server, people: readonly Person[]): Promise<void> {
  await each(people, AT_ONCE, async ({ cookie }) => {
    // The answer to a stream of which nothing was applied yet.
    await ask(server, "POST", "/api/desk/heartbeats", { cursor: "" }, { Cookie: cookie });
  });
}

/** Changes statuses at a steady pace, each person's in turn, and returns what each has at the end and how long it took. */
async function change(server: Server, people: readonly Person[]): Promise<{ last: string[]; tookMs: number }> {
  const last: string[] = [];
  const underWay: Promise<unknown>[] = [];
  const began = performance.now();
  const all = EVENTS_A_SECOND * SECONDS;
  for (let sent = 0; sent < all; ) {
    const due = Math.min(all, Math.ceil(((performance.now() - began) / 1_000) * EVENTS_A_SECOND));
    for (; sent < due; sent += 1) {
      const number = sent % people.length;
      const status = STATUSES[Math.floor(sent / people.length) % STATUSES.length] ?? "away";
      // A person's last change is the last that was sent.
      await underWay[number];
      underWay[number] = ask(server, "PUT", "/api/presence", { status }, { Cookie: people[number]?.cookie ?? "" });
      last[number] = status;
    }
    await new Promise((next) => setTimeout(next, SLICE_MS));
  }
  await Promise.all(underWay);
  return { last, tookMs: performance.now() - began };
}

/** Begins to note how long the page takes to answer whatever is pressed or typed, until the next frame is painted. */
const watchInteractions = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const longest = new Map<number, number>();
    Object.assign(globalThis, { longest });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
        if (entry.interactionId === 0) continue;
        longest.set(entry.interactionId, Math.max(longest.get(entry.interactionId) ?? 0, entry.duration));
      }
    }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });

/** Returns the longest time of all interactions in milliseconds, which is INP as long as there are fewer than fifty. */
const longest = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, ...(globalThis as unknown as { longest: Map<number, number> }).longest.values()));

test("a wall of many people misses nothing and answers while much happens", async ({ people, server }) => {
  test.setTimeout(60_000 + AGENTS * 200 + SECONDS * 4_000);
  const team = await addTeam(server);
  const page = await people.open("Supervisor", { viewport: { width: 1280, height: 900 } });
  await page.goto(server.at("/"));
  await new Desk(page, "Supervisor", "supervisor@demo.example").signIn();
  await page.goto(server.at("/supervisor"));
  await page.getByRole("tab", { name: "Agents", exact: true }).click();
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  await watchInteractions(page);
  await connect(server, team);

  const changed = change(server, team);
  const search = page.getByRole("searchbox", { name: "Search agents", exact: true });
  for (const words of ["person 01", "9", ""]) await search.pressSequentially(words, { delay: 30 });
  for (const column of ["Status", "For", "Agent"]) await page.getByRole("button", { name: column, exact: true }).click();
  for (const tab of ["Queues", "Conversations", "Agents"]) await page.getByRole("tab", { name: tab, exact: true }).click();
  await search.fill("");
  const { last, tookMs } = await changed;

  for (let hundred = 0; hundred * 100 < AGENTS; hundred += 1) {
    await search.fill(nameOf(hundred * 100).slice(0, -2));
    const expected = team.slice(hundred * 100, (hundred + 1) * 100).map((_, place) => {
      const number = hundred * 100 + place;
      const status = last[number];
      return `${nameOf(number)}: ${status ? LABELS[status] : "Offline"}`;
    });
    const shown = (): Promise<string[]> =>
      page.getByRole("table").locator("tbody tr").evaluateAll((rows) =>
        rows.map((row) => `${row.querySelector("th")?.textContent}: ${row.querySelector("td")?.textContent?.split(",")[0]}`).sort(),
      );
    await expect.poll(shown).toEqual(expected);
  }
  const rate = Math.round((EVENTS_A_SECOND * SECONDS * 1_000) / tookMs);
  const inp = Math.round(await longest(page));
  console.log(`${AGENTS} people, ${rate} events a second, none missing, longest interaction ${inp} ms`);
});
