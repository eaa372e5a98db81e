// The loader for other people's pages: a button, and the chat in a frame behind it.
//
//   <script src="https://desk.example/widget.js" defer></script>
//
// It lives in a shadow tree, so neither page's styles reach the other, and sets styles through
// the object model, so the page's content security policy need not allow inline styles. The
// frame is made at the first press and kept while hidden. Whoever opened the chat finds it
// again on the site's next page.

import type { FromFrame, ToFrame } from "./frame.ts";

const STYLE = `
:host{all:initial;position:fixed;z-index:2147483647;inset:auto 0 0 auto;color-scheme:light dark;
--back:#2b57cf;--canvas:#fff;--ink:#1b2033}
@media(prefers-color-scheme:dark){:host{--canvas:#15181f;--ink:#eceef4}}
button{all:unset;position:fixed;inset-block-end:max(20px,env(safe-area-inset-bottom));inset-inline-end:20px;
box-sizing:border-box;width:56px;height:56px;border-radius:50%;background:var(--back);color:#fff;cursor:pointer;
box-shadow:0 4px 16px #0004;transition:transform .15s}
button:hover{transform:scale(1.05)}
button:focus-visible{outline:3px solid var(--back);outline-offset:3px}
svg{position:absolute;inset:0;margin:auto;width:26px;fill:none;stroke:currentColor;stroke-width:2;
stroke-linecap:round;stroke-linejoin:round}
span{position:fixed;inset-block-end:calc(max(20px,env(safe-area-inset-bottom)) + 38px);inset-inline-end:16px;pointer-events:none;min-width:22px;box-sizing:border-box;padding:0 6px;
border-radius:11px;background:#c4262e;color:#fff;font:700 12px/22px system-ui,sans-serif;text-align:center}
span:empty{display:none}
iframe{position:fixed;inset-block-end:92px;inset-inline-end:20px;width:400px;height:min(680px,100vh - 112px);border:0;
border-radius:20px;background:var(--canvas);box-shadow:0 8px 40px #0005;visibility:hidden;opacity:0;
transform:translateY(12px);transition:opacity .15s,transform .15s,visibility .15s}
.open iframe{visibility:visible;opacity:1;transform:none}
@media(max-width:480px),(max-height:480px){
.open iframe{inset:0;width:100%;height:100%;border-radius:0}
.open button{z-index:1;inset-block:10px auto;inset-inline-end:8px;width:44px;height:44px;background:none;
color:var(--ink);box-shadow:none}}
@media(prefers-reduced-motion:reduce){*{transition:none!important}}
@media print{:host{display:none}}`;

const BUBBLE = "M21 11.5a8.4 8.4 0 0 1-12.2 7.6L3 21l1.9-5.8A8.4 8.4 0 1 1 21 11.5z";
const CROSS = "M6 6l12 12M18 6 6 18";
/** Where the page's own tab remembers that the chat was open. */
const MEMORY = "baton-chat";

function load(page: URL): void {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const box = document.createElement("div");
  const launcher = document.createElement("button");
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS(picture.namespaceURI, "path");
  const badge = document.createElement("span");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.append(line);
  badge.setAttribute("aria-hidden", "true");
  launcher.append(picture);
  box.append(launcher, badge);
  root.append(box);

  const small = matchMedia("(max-width:480px),(max-height:480px)");
  let frame: HTMLIFrameElement | null = null;
  let isLoaded = false;
  let isOpen = false;
  let unread = 0;

  const tell = (): void => {
    // Before that the frame is an empty page of this origin.
    if (!isLoaded) return;
    const message: ToFrame = isOpen ? { baton: "shown", covered: small.matches } : { baton: "hidden" };
    frame?.contentWindow?.postMessage(message, page.origin);
  };

  const ensureFrame = (): void => {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.src = page.href;
    frame.title = "Chat";
    frame.addEventListener("load", () => {
      isLoaded = true;
      tell();
    });
    box.append(frame);
  };

  const show = (): void => {
    box.className = isOpen ? "open" : "";
    line.setAttribute("d", isOpen ? CROSS : BUBBLE);
    launcher.setAttribute("aria-expanded", String(isOpen));
    launcher.setAttribute("aria-label", isOpen ? "Close chat" : "Open chat");
    launcher.setAttribute("aria-description", isOpen || !unread ? "" : `${unread} unread`);
    badge.textContent = isOpen || !unread ? "" : unread > 99 ? "99+" : String(unread);
  };

  const setOpen = (open: boolean): void => {
    isOpen = open;
    if (open) ensureFrame();
    try {
      sessionStorage.setItem(MEMORY, open ? "open" : "closed");
    } catch {
      // A page without storage forgets it.
    }
    show();
    fit();
    tell();
  };

  // A virtual keyboard covers part of a full-screen frame; only this page knows how much.
  const fit = (): void => {
    const area = window.visualViewport;
    if (!frame || !area) return;
    const isShortened = isOpen && small.matches && area.scale < 1.05 && innerHeight - area.height > 80;
    frame.style.height = isShortened ? `${area.height}px` : "";
    frame.style.top = isShortened ? `${area.offsetTop}px` : "";
  };

  window.addEventListener("message", (event: MessageEvent<FromFrame | null>) => {
    if (!frame || event.origin !== page.origin || event.source !== frame.contentWindow) return;
    const message = event.data;
    if (message?.baton === "unread") {
      unread = Number(message.count) || 0;
      show();
    } else if (message?.baton === "close" && isOpen) {
      setOpen(false);
      launcher.focus();
    }
  });
  launcher.addEventListener("click", () => {
    setOpen(!isOpen);
    if (isOpen && !small.matches) frame?.focus();
  });
  small.addEventListener("change", tell);
  window.visualViewport?.addEventListener("resize", fit);
  window.visualViewport?.addEventListener("scroll", fit);

  show();
  document.body.append(host);
  try {
    const memory = sessionStorage.getItem(MEMORY);
    if (memory) {
      ensureFrame();
      if (memory === "open" && !small.matches) setOpen(true);
    }
  } catch {
    // See above.
  }
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  const page = new URL("/chat", script.src);
  if (document.body) load(page);
  else document.addEventListener("DOMContentLoaded", () => load(page));
}
