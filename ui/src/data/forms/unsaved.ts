/**
 * What was typed on this page and is saved nowhere. Forms say so for as long as they are there; whoever would take the
 * page from them asks first.
 */
export class UnsavedInput {
  readonly #forms = new Set<() => boolean>();

  constructor(window: Pick<Window, 'addEventListener'>) {
    // The browser words this question itself; it is the only one that a closing tab or a reload allows.
    window.addEventListener('beforeunload', (event) => {
      if (this.isThere) event.preventDefault();
    });
  }

  get isThere(): boolean {
    return [...this.#forms].some((isUnsaved) => isUnsaved());
  }

  add(isUnsaved: () => boolean): void {
    this.#forms.add(isUnsaved);
  }

  delete(isUnsaved: () => boolean): void {
    this.#forms.delete(isUnsaved);
  }

  /** The person gives up what was typed: nobody is asked again for the forms that are there now. */
  discard(): void {
    this.#forms.clear();
  }
}
