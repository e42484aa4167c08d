import { html, LitElement, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../elements/dialog.ts';
import { button, dialog, sheets } from '../styles/sheets.ts';

/** Asks before a page is left with input that nobody saved. `cw-stay` or `cw-leave`. */
@customElement('cw-leave')
export class CwLeave extends LitElement {
  static override styles = sheets(button, dialog);

  override render(): TemplateResult {
    return html`<cw-dialog heading="Leave without saving?" @cw-close=${() => this.#answer('cw-stay')}>
      <div class="dialog__body">
        <p class="soft">What you typed here is not saved, and no commit has it. If you leave, it is lost.</p>
      </div>
      <div slot="foot" class="dialog__foot">
        <span class="push"></span>
        <button class="btn" type="button" autofocus @click=${() => this.#answer('cw-stay')}>Keep editing</button>
        <button class="btn btn--danger" type="button" @click=${() => this.#answer('cw-leave')}>Leave</button>
      </div>
    </cw-dialog>`;
  }

  #answer(answer: 'cw-stay' | 'cw-leave'): void {
    this.dispatchEvent(new CustomEvent(answer));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-leave': CwLeave;
  }
}
