// The talk between the chat in a frame and the loader on the page around it.
//
// The frame listens to its parent only, holds on to the origin that greeted it, and tells it no
// more than an unread count and the wish to be closed.

/** What the loader tells the frame. `covered` means that the loader's button lies over it. */
export type ToFrame = { readonly baton: "shown"; readonly covered: boolean } | { readonly baton: "hidden" };

/** What the frame tells the loader. */
export type FromFrame = { readonly baton: "unread"; readonly count: number } | { readonly baton: "close" };

let parentOrigin: string | null = null;
let lastCount = 0;

export function listenToParent(heard: (message: ToFrame) => void): void {
  if (window.parent === window) return;
  window.addEventListener("message", (event: MessageEvent<ToFrame | null>) => {
    const message = event.data;
    if (event.source !== window.parent || (message?.baton !== "shown" && message?.baton !== "hidden")) return;
    parentOrigin ??= event.origin;
    if (parentOrigin !== event.origin) return;
    heard(message);
    tellParent({ baton: "unread", count: lastCount });
  });
}

export function tellUnread(count: number): void {
  if (count === lastCount) return;
  lastCount = count;
  tellParent({ baton: "unread", count });
}

export function askToClose(): void {
  tellParent({ baton: "close" });
}

function tellParent(message: FromFrame): void {
  // An opaque origin cannot be named as a target.
  if (parentOrigin !== null && parentOrigin !== "null") window.parent.postMessage(message, parentOrigin);
}
