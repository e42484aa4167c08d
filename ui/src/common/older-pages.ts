import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { ApiError, type Answer } from '../data/api.ts';

/**
 * The pages behind a first one, read when somebody asks for them. What came in at the top meanwhile may have moved
 * entries along: none is shown twice.
 */
export class OlderPages<T extends { readonly id: string }> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #read: (after: string) => Promise<Answer<readonly T[]>>;
  #older: readonly T[] = [];
  /** Where the next page begins; undefined before one was asked for, null behind the last. */
  #cursor: string | null | undefined;
  #refusal = '';
  /** Rises with each subject: an answer about the one before is not shown. */
  #subject = 0;

  constructor(host: ReactiveControllerHost, read: (after: string) => Promise<Answer<readonly T[]>>) {
    this.#host = host;
    this.#read = read;
    host.addController(this);
  }

  hostConnected(): void {
    this.#refusal = '';
  }

  /** For another subject. */
  reset(): void {
    this.#subject += 1;
    this.#older = [];
    this.#cursor = undefined;
    this.#refusal = '';
  }

  /** The entries of the first page and of those behind it that were asked for. */
  behind(first: readonly T[]): readonly T[] {
    const known = new Set(first.map(({ id }) => id));
    return [...first, ...this.#older.filter(({ id }) => !known.has(id))];
  }

  /** Where the next page begins, `next` being what the first page says; null where all is shown. */
  nextAfter(next: string | null): string | null {
    return this.#cursor === undefined ? next : this.#cursor;
  }

  /** The button for the next page, and why it can't be read; nothing where all is shown. */
  button(next: string | null): TemplateResult | typeof nothing {
    const after = this.nextAfter(next);
    if (after === null) return nothing;
    return html`<button class="btn" type="button" @click=${() => void this.#show(after)}>Show older</button>
      <span role="status">${this.#refusal}</span>`;
  }

  async #show(after: string): Promise<void> {
    const subject = this.#subject;
    this.#refusal = '';
    try {
      const { value, next } = await this.#read(after);
      if (subject !== this.#subject) return;
      const known = new Set(this.#older.map(({ id }) => id));
      this.#older = [...this.#older, ...value.filter(({ id }) => !known.has(id))];
      this.#cursor = next;
    } catch (error) {
      if (subject !== this.#subject) return;
      this.#refusal = error instanceof ApiError ? error.message : String(error);
    }
    this.#host.requestUpdate();
  }
}
