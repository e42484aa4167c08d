import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { refusalNote } from '../../common/faces.ts';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import { isProposeOnly, saveButtons } from '../../common/save-buttons.ts';
import { ApiError } from '../../data/api.ts';
import { deleteInstance } from '../../data/endpoints.ts';
import { count, dataOf } from '../../data/words/format.ts';
import '../../elements/code.ts';
import '../../elements/dialog.ts';
import { proposing, router, store, writes } from '../../services.ts';
import { button, dialog, form, icon as iconSheet, note, sheets } from '../../styles/sheets.ts';

/** Asks before a bot is deleted, and what becomes of its data. `cw-close` when it is not to be, or when it is done. */
@customElement('cw-delete')
export class CwDelete extends LitElement {
  static override styles = sheets(iconSheet, button, note, form, dialog);

  @property({ attribute: false }) instance!: Instance;
  @state() private fate: 'retain' | 'destroy' = 'retain';
  @state() private typed = '';
  @state() private busy = false;
  @state() private refusal = '';

  override render(): TemplateResult {
    const { name, display_name } = this.instance;
    return html`<cw-dialog heading="Delete ${display_name}?" @cw-close=${this.#close}>
      <form class="dialog__body" @submit=${this.#submitted}>
        <p class="soft">
          Its deployment, service, config, keys and network policy are removed from the cluster. The commit stays in
          git, so the bot can be created again from it.
        </p>
        ${refusalNote(this.refusal)}
        <fieldset class="stack">
          <legend class="field__label">Its data, ${dataOf(this.instance)}</legend>
          ${this.#option(
            'retain',
            'Keep the data',
            'clawdbot, homebrew, clawd, chrome stay in the cluster. A new bot of the same name can take them over.',
          )}
          ${this.#option(
            'destroy',
            'Destroy the data',
            store.fleet?.applier === 'external'
              ? 'The applier of the fleet keeps volumes: its tombstone gives the data up, and a person deletes them.'
              : 'Chats, sign-ins of the Chrome profile and all files are gone for good. Git does not hold them.',
          )}
        </fieldset>
        ${this.fate === 'destroy' ? this.#confirmation(name) : nothing}
        <div class="stack">
          <h3>What will be committed</h3>
          <cw-code
            framed
            sign="+"
            path="tombstones/${name}.yaml"
            .text=${`kind: Tombstone\nmetadata:\n  name: ${name}\nspec:\n  data: ${this.fate}`}
          ></cw-code>
          <p class="muted small">
            In <code>tombstones/${name}.yaml</code>; record and rendered folder are removed in the same commit.
          </p>
        </div>
      </form>
      <div slot="foot" class="dialog__foot">
        <span class="push"></span>
        <button class="btn" type="button" autofocus @click=${this.#close}>Cancel</button>
        ${this.#lastButton()}
      </div>
    </cw-dialog>`;
  }

  #option(fate: 'retain' | 'destroy', title: string, text: string): TemplateResult {
    return html`<label class="option" data-tone=${fate === 'destroy' ? 'bad' : nothing}
      ><input type="radio" name="data" .checked=${this.fate === fate} @change=${() => (this.fate = fate)} /><span
        class="strong"
        >${title}</span
      ><span class="muted small">${text}</span></label
    >`;
  }

  #confirmation(name: string): TemplateResult {
    return html`<div class="field">
      <label class="field__label" for="name">Type <code>${name}</code> to destroy its data</label>
      <input
        class="input input--mono"
        id="name"
        autocomplete="off"
        spellcheck="false"
        aria-describedby="left"
        .value=${this.typed}
        @input=${(event: InputEvent) => (this.typed = (event.target as HTMLInputElement).value)}
      />
      <p class="field__hint" id="left" aria-live="polite">${this.#missing(name)}</p>
    </div>`;
  }

  #missing(name: string): string {
    if (this.typed === name) return 'The name is right.';
    if (!name.startsWith(this.typed)) return 'This is not its name.';
    return count(name.length - this.typed.length, 'more character');
  }

  get #isOpen(): boolean {
    return this.fate === 'retain' || this.typed === this.instance.name;
  }

  #lastButton(): TemplateResult {
    const text = this.fate === 'retain' ? 'Delete bot, keep data' : 'Delete bot and data';
    return saveButtons({
      label: text,
      icon: 'trash',
      danger: true,
      isReady: this.#isOpen,
      busy: this.busy,
      describedBy: 'left',
      save: this.#submit,
      propose: this.#propose,
    });
  }

  readonly #propose = (): void => {
    const { name } = this.instance;
    const { fate } = this;
    proposing.ask({
      title: `Delete ${name} (${fate} data)`,
      names: [name],
      write: (target) => deleteInstance(name, fate, target),
      done: this.#close,
    });
  };

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('cw-close'));
  };

  readonly #submitted = (event: Event): void => {
    event.preventDefault();
    if (!this.#isOpen) return;
    if (isProposeOnly()) this.#propose();
    else void this.#submit();
  };

  readonly #submit = async (): Promise<void> => {
    if (this.busy || !this.#isOpen) return;
    this.busy = true;
    this.refusal = '';
    const { name, display_name } = this.instance;
    try {
      const { status } = await deleteInstance(name, this.fate);
      writes.follow(`Delete ${display_name}`, [name], { removes: true });
      if (status === 200) store.take('instance_removed', { name });
      if (router.route.params.name === name) router.go('./');
      this.#close();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  };
}
