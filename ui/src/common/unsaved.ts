import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { unsaved } from '../services.ts';

/** Has a person asked before this form is left, while `isUnsaved` says that something was typed and not saved. */
export class Unsaved implements ReactiveController {
  readonly #isUnsaved: () => boolean;

  constructor(host: ReactiveControllerHost, isUnsaved: () => boolean) {
    this.#isUnsaved = isUnsaved;
    host.addController(this);
  }

  hostConnected(): void {
    unsaved.add(this.#isUnsaved);
  }

  hostDisconnected(): void {
    unsaved.delete(this.#isUnsaved);
  }

  /** The server has it: call this before the form is left. */
  release(): void {
    unsaved.delete(this.#isUnsaved);
  }
}
