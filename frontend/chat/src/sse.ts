// Reads the text/event-stream format from pieces of text cut anywhere.
//
// The browser's own EventSource cannot send an Authorization header, so the stream is read by
// `fetch` and parsed here, as the HTML standard describes. The decoder before it removes a byte
// order mark.

export interface ServerEvent {
  /** The event's name, `message` where the stream gives none. */
  readonly name: string;
  readonly data: string;
  /** The event's own id; `null` where it has none. */
  readonly id: string | null;
}

/** The longest event accepted, in characters; a stream that exceeds it is broken. */
export const EVENT_MAX_CHARS = 4_000_000;

export class SseParser {
  /** What the server last asked for with `retry:`, in milliseconds. */
  retryMs: number | null = null;

  #rest = "";
  #name = "";
  #id: string | null = null;
  #data = "";

  /** Takes the next piece and returns the events it completes. */
  push(piece: string): ServerEvent[] {
    // A carriage return at the end may be half of a line end, so it waits for the next piece.
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    const events: ServerEvent[] = [];
    for (const line of lines) {
      if (line !== "") this.#field(line);
      else {
        if (this.#data !== "") events.push({ name: this.#name || "message", data: this.#data.slice(0, -1), id: this.#id });
        this.#name = this.#data = "";
        this.#id = null;
      }
    }
    if (this.#rest.length + this.#data.length > EVENT_MAX_CHARS) throw new Error("an event is too long");
    return events;
  }

  #field(line: string): void {
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "data") this.#data += `${value}\n`;
    else if (field === "event") this.#name = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
  }
}
