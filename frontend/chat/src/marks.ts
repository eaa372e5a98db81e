// Tells the server how far messages have arrived and been read, at most once a second.

/** The shortest time between two reports. */
export const MARKS_PAUSE_MS = 1_000;

interface Progress {
  readonly delivered: number;
  readonly read: number;
}

export class Marks {
  readonly #report: (delivered: number, read: number) => Promise<boolean>;
  #wanted: Progress = { delivered: 0, read: 0 };
  #reported: Progress = { delivered: 0, read: 0 };
  #isDue = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `report` says whether the server has it. */
  constructor(report: (delivered: number, read: number) => Promise<boolean>) {
    this.#report = report;
  }

  /** Notes progress; marks never go back. A report that failed is repeated with the next call. */
  update(delivered: number, read: number): void {
    this.#wanted = {
      delivered: Math.max(this.#wanted.delivered, delivered),
      read: Math.max(this.#wanted.read, read),
    };
    this.#isDue = this.#wanted.delivered > this.#reported.delivered || this.#wanted.read > this.#reported.read;
    if (this.#timer === null) this.#reportDue();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#isDue = false;
  }

  #reportDue(): void {
    if (!this.#isDue) return;
    this.#isDue = false;
    const wanted = this.#wanted;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#reportDue();
    }, MARKS_PAUSE_MS);
    const before = this.#reported;
    this.#reported = wanted;
    void this.#report(wanted.delivered, wanted.read).then((isKept) => {
      if (!isKept && this.#reported === wanted) this.#reported = before;
    });
  }
}
