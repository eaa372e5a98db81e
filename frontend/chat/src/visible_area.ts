// Keeps the page within what a virtual keyboard leaves visible, where the browser lays the
// keyboard over the page (Safari) rather than making the page smaller.

export function fitToVisibleArea(root: HTMLElement): void {
  const area = window.visualViewport;
  // In a frame the loader does this: only the page around it knows about the keyboard.
  if (!area || window.parent !== window) return;
  const fit = (): void => {
    // A page zoomed with two fingers is being read, not typed in.
    const isShortened = area.scale < 1.05 && window.innerHeight - area.height > 80;
    root.style.blockSize = isShortened ? `${area.height}px` : "";
    if (isShortened) window.scrollTo(0, 0);
  };
  area.addEventListener("resize", fit);
}
