import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Instance, Suspend } from '../../../../server/http/schemas/instance.ts';
import { refusalNote } from '../../common/faces.ts';
import { suspendOptions, textField } from '../../common/field.ts';
import { saveButtons } from '../../common/save-buttons.ts';
import { ApiError } from '../../data/api.ts';
import { suspendInstance } from '../../data/endpoints.ts';
import '../../elements/code.ts';
import '../../elements/dialog.ts';
import { proposing, store, writes } from '../../services.ts';
import { button, dialog, form, icon as iconSheet, note, sheets } from '../../styles/sheets.ts';

/** Asks how a bot is to be left alone, and why. `cw-close` when it is not to be, or when it is done. */
@customElement('cw-suspend')
export class CwSuspend extends LitElement {
  static override styles = sheets(iconSheet, button, note, form, dialog);

  @property({ attribute: false }) instance!: Instance;
  @state() private mode: 'suspend' | 'detect' = 'suspend';
  @state() private reason = '';
  @state() private busy = false;
  @state() private refusal = '';

  override render(): TemplateResult {
    const { name, display_name } = this.instance;
    const reason = this.reason.trim();
    const lines = [
      'spec:',
      '  reconcile:',
      `    mode: ${this.mode}`,
      ...(reason === '' ? [] : [`    reason: ${reason}`]),
    ];
    return html`<cw-dialog heading="Suspend ${display_name}?" @cw-close=${this.#close}>
      <form class="dialog__body" @submit=${this.#submitted}>
        <p class="soft">
          It goes on as it lives. Changes still become commits, and are applied when it is resumed. Deleting it removes
          it all the same.
        </p>
        ${refusalNote(this.refusal)} ${suspendOptions(this.mode, (mode) => (this.mode = mode))}
        ${textField({
          id: 'reason',
          label: 'Reason',
          value: this.reason,
          autofocus: true,
          hint: 'For whoever finds it so; it is kept in git.',
          input: (value) => (this.reason = value),
        })}
        <div class="stack">
          <h3>What will be committed</h3>
          <cw-code framed sign="+" path="instances/${name}.yaml" .text=${lines.join('\n')}></cw-code>
        </div>
      </form>
      <div slot="foot" class="dialog__foot">
        <span class="push"></span>
        <button class="btn" type="button" @click=${this.#close}>Cancel</button>
        ${saveButtons({
          label: this.mode === 'suspend' ? 'Suspend' : 'Only compare',
          icon: 'pause',
          isReady: true,
          busy: this.busy,
          save: this.#submit,
          propose: this.#propose,
        })}
      </div>
    </cw-dialog>`;
  }

  get #body(): Suspend {
    return { mode: this.mode, reason: this.reason.trim() };
  }

  readonly #propose = (): void => {
    const { name } = this.instance;
    proposing.ask({
      title: this.mode === 'suspend' ? `Suspend ${name}` : `Only compare ${name}`,
      names: [name],
      write: (target) => suspendInstance(name, this.#body, target),
      done: this.#close,
    });
  };

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('cw-close'));
  };

  readonly #submitted = (event: Event): void => {
    event.preventDefault();
    void this.#submit();
  };

  readonly #submit = async (): Promise<void> => {
    if (this.busy) return;
    this.busy = true;
    this.refusal = '';
    const { name, display_name } = this.instance;
    try {
      const { value } = await suspendInstance(name, this.#body);
      store.put(value);
      writes.follow(`Suspend ${display_name}`, [name]);
      this.#close();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  };
}
