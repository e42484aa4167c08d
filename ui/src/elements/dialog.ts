import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { button, dialog, icon as iconSheet, sheets } from '../styles/sheets.ts';
import { icon } from './icon.ts';

/**
 * A modal dialog; open for as long as it is in the page. `cw-close` when the person wants it gone (Esc, the cross); the
 * owner takes it out. Focus goes to what carries `autofocus` and returns to where it was. Slots: the body, and `foot`.
 */
@customElement('cw-dialog')
export class CwDialog extends LitElement {
  static override styles = sheets(iconSheet, dialog, button);

  @property() heading = '';
  @property({ type: Boolean }) wide = false;
  @query('dialog') private element!: HTMLDialogElement;
  #returnTo: HTMLElement | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#returnTo = deepActiveElement();
    if (this.hasUpdated) this.#open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.element.close();
    this.#returnTo?.focus();
  }

  override firstUpdated(): void {
    this.#open();
  }

  override render(): TemplateResult {
    return html`<dialog
      class=${this.wide ? 'dialog dialog--wide' : 'dialog'}
      aria-labelledby="title"
      @keydown=${this.#key}
      @cancel=${this.#cancel}
      @close=${this.#closed}
    >
      <div class="dialog__head">
        <h2 class="dialog__title" id="title">${this.heading}</h2>
        <span class="push"></span>
        <button class="btn btn--icon btn--quiet" type="button" aria-label="Close" title="Close" @click=${this.#ask}>
          ${icon('close')}
        </button>
      </div>
      <slot></slot>
      <slot name="foot"></slot>
    </dialog>`;
  }

  #open(): void {
    this.element.showModal();
    this.querySelector<HTMLElement>('[autofocus]')?.focus();
  }

  /** Not left to `cancel`: a browser lets only the first Esc be answered, and closes at the second one. */
  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    this.#ask();
  };

  readonly #closed = (): void => {
    // The owner keeps it: what is in it must not go out of reach.
    if (this.isConnected && !this.element.open) this.#open();
  };

  readonly #cancel = (event: Event): void => {
    event.preventDefault();
    this.#ask();
  };

  readonly #ask = (): void => {
    this.dispatchEvent(new CustomEvent('cw-close'));
  };
}

/** The element that has the keyboard, also inside shadow roots. */
export function deepActiveElement(): HTMLElement | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLElement ? active : null;
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-dialog': CwDialog;
  }
}
