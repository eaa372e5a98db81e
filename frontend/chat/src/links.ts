// Finds web addresses in what people write.
//
// The result is text and checked addresses, never markup: the view makes text nodes and links of
// it, so nothing a customer or an agent writes is ever read as HTML.

export interface TextPart {
  readonly text: string;
  /** The address, where the part is a link. */
  readonly href: string | null;
}

const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"'`]+/giu;
const CLOSING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const shown = withoutTrailing(match[0]);
    const href = webAddress(shown);
    if (href === null) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index), href: null });
    parts.push({ text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: null });
  return parts;
}

/** Cuts off punctuation that belongs to the sentence, and closing brackets opened outside. */
function withoutTrailing(address: string): string {
  let end = address.length;
  for (; end > 0; end -= 1) {
    const char = address.charAt(end - 1);
    const opening = CLOSING[char];
    if (opening) {
      const inside = address.slice(0, end);
      if (inside.split(opening).length >= inside.split(char).length) break;
    } else if (!".,;:!?*_~…".includes(char)) break;
  }
  return address.slice(0, end);
}

function webAddress(shown: string): string | null {
  try {
    const url = new URL(/^www\./i.test(shown) ? `https://${shown}` : shown);
    return url.hostname.includes(".") || url.hostname === "localhost" || url.hostname.startsWith("[") ? url.href : null;
  } catch {
    return null;
  }
}
