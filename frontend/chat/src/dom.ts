// Builds elements. Text goes into text nodes only; nothing here or elsewhere parses HTML.

type Child = Node | string | null;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** Returns the bar at the top of every screen. */
export function header(status: Node | null, before: Node | null, after: Node | null): HTMLElement {
  const text = el("div", { class: "header-text" }, el("h1", {}, "Chat with us"), status);
  return el("header", { class: "header" }, before, text, after);
}

export function button(label: string, className: string, whenPressed: () => void): HTMLButtonElement {
  const element = el("button", { type: "button", class: className }, label);
  element.addEventListener("click", whenPressed);
  return element;
}

/** Changes a text only where it differs, so that live regions speak only news. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Returns the first letters of the first two words of a name. */
export function initials(name: string): string {
  const letters = name.match(/(?<!\S)\S/gu) ?? [];
  return letters.slice(0, 2).join("").toUpperCase();
}
