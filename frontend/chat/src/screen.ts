// What the page asks of the screen it shows.

export interface Screen {
  readonly elements: readonly HTMLElement[];
  /** Its elements are in the document. */
  shown(): void;
  /** Its elements are about to go; nothing of it may act any more. */
  leave(): void;
  /** Puts the focus where the customer goes on. */
  focus(): void;
  attentionChanged(): void;
  networkChanged(): void;
  /** Another tab of this customer wrote something down. */
  storageChanged(): void;
}
