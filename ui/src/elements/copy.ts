import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { button, dialog, form, icon as iconSheet, sheets } from '../styles/sheets.ts';
import './dialog.ts';
import { icon } from './icon.ts';

/** How long the button says what it did. */
const SAID_MS = 4_000;

/**
 * A button that copies a text and says "Copied" only when it did. Over plain HTTP a page has no clipboard: there the
 * browser is asked the old way, and where it says no to that too, the text is shown, selected, for the person to copy.
 */
@customElement('cw-copy')
export class CwCopy extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, form, dialog),
    css`
      :host {
        display: inline-block;
      }
      .behind {
        position: fixed;
        inset-block-start: 0;
        inset-inline-start: 0;
        inline-size: 1px;
        block-size: 1px;
        opacity: 0;
      }
      .by-hand {
        min-block-size: 6rem;
        resize: vertical;
      }
    `,
  ];

  @property({ attribute: false }) text = '';
  /** What is copied, to be said after "Copy": `command`. */
  @property() what = '';
  /** `icon` shows the glyph alone, `small` the word "Copy" alone. */
  @property() look: 'icon' | 'small' | 'plain' | 'primary' = 'plain';
  @state() private stage: 'idle' | 'asking' | 'copied' | 'by-hand' = 'idle';
  @query('.behind') private behind!: HTMLTextAreaElement | null;
  @query('.by-hand') private byHand!: HTMLTextAreaElement | null;
  @query('button') private own!: HTMLButtonElement | null;
  #said: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#said);
    this.stage = 'idle';
  }

  override render(): TemplateResult {
    const isDone = this.stage === 'copied';
    const title = isDone ? 'Copied' : `Copy ${this.what}`;
    const shown = { icon: nothing, small: isDone ? 'Copied' : 'Copy', plain: title, primary: title }[this.look];
    const classes = { icon: ' btn--icon btn--quiet', small: '', plain: '', primary: ' btn--primary' };
    return html`<button
        class="btn${classes[this.look]}"
        type="button"
        aria-label=${title}
        title=${title}
        @click=${() => void this.#copy()}
      >
        ${this.look === 'small' ? nothing : icon(isDone ? 'check' : 'copy')}${shown}</button
      ><span class="visually-hidden" role="status">${isDone ? 'Copied' : nothing}</span> ${
        this.stage === 'asking'
          ? html`<textarea class="behind" readonly tabindex="-1" aria-hidden="true" .value=${this.text}></textarea>`
          : nothing
      }
      ${this.stage === 'by-hand' ? this.#dialog() : nothing}`;
  }

  #dialog(): TemplateResult {
    const keys = navigator.userAgent.includes('Mac') ? '⌘C' : 'Ctrl+C';
    return html`<cw-dialog heading="Copy ${this.what}" @cw-close=${() => (this.stage = 'idle')}>
      <div class="dialog__body">
        <p class="soft">This browser lets no page copy by itself here. The text is selected: press ${keys}.</p>
        <textarea
          class="input input--mono by-hand"
          readonly
          autofocus
          aria-label="Text to copy"
          .value=${this.text}
          @focus=${() => this.byHand?.select()}
          @copy=${this.#byHand}
        ></textarea>
      </div>
      <div slot="foot" class="dialog__foot">
        <span class="push"></span>
        <button class="btn" type="button" @click=${() => (this.stage = 'idle')}>Close</button>
      </div>
    </cw-dialog>`;
  }

  async #copy(): Promise<void> {
    if ((await writeClipboard(this.text)) || (await this.#copySelected())) this.#copied();
    else this.stage = 'by-hand';
  }

  /** The old way, by the selection; the only one over plain HTTP. */
  async #copySelected(): Promise<boolean> {
    this.stage = 'asking';
    await this.updateComplete;
    this.behind?.select();
    const page: CopiesSelection = document;
    const isCopied = page.execCommand('copy');
    this.own?.focus();
    return isCopied;
  }

  /** The text is handed over here: the dialog closes before the browser would have come to it. */
  readonly #byHand = (event: ClipboardEvent): void => {
    if (event.clipboardData === null) return;
    event.clipboardData.setData('text/plain', this.text);
    event.preventDefault();
    this.#copied();
  };

  #copied(): void {
    this.stage = 'copied';
    clearTimeout(this.#said);
    this.#said = setTimeout(() => {
      if (this.stage === 'copied') this.stage = 'idle';
    }, SAID_MS);
  }
}

/** Deprecated in favour of the clipboard that such a page does not get. */
interface CopiesSelection {
  execCommand(command: 'copy'): boolean;
}

/** False where the page has no clipboard (plain HTTP from another host) or may not write to it. */
async function writeClipboard(text: string): Promise<boolean> {
  if (!('clipboard' in navigator)) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-copy': CwCopy;
  }
}
