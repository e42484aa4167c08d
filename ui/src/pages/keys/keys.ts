import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { refusalNote } from '../../common/faces.ts';
import type { Instance, UpdateInstance } from '../../../../server/http/schemas/instance.ts';
import type { Overview } from '../../../../server/http/schemas/answers.ts';
import { textField } from '../../common/field.ts';
import { saveButtons } from '../../common/save-buttons.ts';
import { Unsaved } from '../../common/unsaved.ts';
import { badge } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { updateInstance } from '../../data/endpoints.ts';
import { KEY_FIELDS, type KeyField } from '../../data/forms/instance-form.ts';
import { keyLabel } from '../../data/words/words.ts';
import '../../elements/dialog.ts';
import { icon } from '../../elements/icon.ts';
import { proposing, store, writes } from '../../services.ts';
import { button, dialog, form, icon as iconSheet, note, panel, sheets, status } from '../../styles/sheets.ts';

type KeyInEffect = Overview['keys'][number];
/** What is to become of an override: a new value, or gone. */
type Wish = { readonly value: string } | 'remove';

const isTyped = (wish: Wish): boolean => wish === 'remove' || wish.value !== '';

const nameOf = (field: KeyField): string => field.toUpperCase();
const NAME_RULE = /^[A-Z][A-Z0-9_]{0,62}$/;

/** The keys of one bot: write-only, each its own or the fleet's. `cw-close` when it is done or not wanted. */
@customElement('cw-keys')
export class CwKeys extends LitElement {
  static override styles = sheets(iconSheet, status, button, panel, note, form, dialog);

  @property({ attribute: false }) instance!: Instance;
  @property({ attribute: false }) keys: readonly KeyInEffect[] = [];
  @state() private wishes: ReadonlyMap<string, Wish> = new Map();
  @state() private added = '';
  @state() private refusal = '';
  @state() private busy = false;
  readonly #unsaved = new Unsaved(this, () => this.added !== '' || [...this.wishes.values()].some(isTyped));

  override render(): TemplateResult {
    const standard = KEY_FIELDS.map(nameOf);
    const further = this.keys.map((key) => key.name).filter((name) => !standard.includes(name));
    const names = [...new Set([...standard, ...further, ...this.wishes.keys()])];
    const why = this.#closedReason();
    return html`<cw-dialog heading="API keys of ${this.instance.display_name}" @cw-close=${this.#close}>
      <form class="dialog__body" @submit=${(event: Event) => event.preventDefault()}>
        <p class="soft">
          A key of its own takes the place of the fleet's key. Keys are sealed on the server before they are written
          anywhere; after that only the last four characters can be seen.
        </p>
        ${refusalNote(this.refusal)}
        <ul class="panel items">
          ${names.map((name) => this.#row(name))}
        </ul>
        <div class="row">
          ${textField({
            id: 'added',
            label: 'Another key',
            value: this.added,
            mono: true,
            placeholder: 'NAME_OF_VARIABLE',
            hint: 'The name of the environment variable, in capitals.',
            input: (value) => (this.added = value.toUpperCase()),
          })}
          <button
            class="btn"
            type="button"
            aria-disabled=${NAME_RULE.test(this.added) ? nothing : 'true'}
            @click=${this.#add}
          >
            ${icon('plus')}Add
          </button>
        </div>
      </form>
      <div slot="foot" class="dialog__foot">
        <span class="muted small" id="why">${why}</span><span class="push"></span>
        <button class="btn btn--quiet" type="button" autofocus @click=${this.#close}>Cancel</button>
        ${saveButtons({
          label: 'Publish and restart',
          isReady: why === '',
          busy: this.busy,
          describedBy: 'why',
          save: this.#submit,
          propose: this.#propose,
        })}
      </div>
    </cw-dialog>`;
  }

  #row(name: string): TemplateResult {
    const key = this.keys.find((one) => one.name === name);
    const wish = this.wishes.get(name);
    const isOwn = key?.scope === 'own';
    return html`<li class="key">
      ${icon('key')}
      <span class="stack"
        ><span class="row-wrap"
          ><span class="strong">${keyLabel(name)}</span>${
            key === undefined
              ? html`<span class="muted">not set</span>`
              : html`<code>${key.hint}</code>
                  ${isOwn ? badge('accent', 'own') : html`<span class="inherit">global</span>`}`
          }
          ${wish === 'remove' ? badge('warn', 'will use the global key') : nothing}</span
        >
        ${
          wish === undefined || wish === 'remove'
            ? nothing
            : textField({
                id: `key-${name}`,
                label: `New ${keyLabel(name)} key`,
                value: wish.value,
                type: 'password',
                mono: true,
                input: (value) => this.#wish(name, { value }),
              })
        }</span
      >
      <span class="push row"
        >${
          wish !== undefined
            ? html`<button class="btn btn--quiet" type="button" @click=${() => this.#wish(name, undefined)}>
                Undo
              </button>`
            : html`<button
                  class="btn"
                  type="button"
                  aria-label="${isOwn ? 'Replace' : 'Set own'} ${keyLabel(name)} key"
                  @click=${() => this.#wish(name, { value: '' })}
                >
                  ${isOwn ? 'Replace' : 'Set own'}</button
                >${
                  isOwn
                    ? html`<button
                        class="btn btn--danger-quiet btn--quiet"
                        type="button"
                        aria-label="Remove own ${keyLabel(name)} key"
                        @click=${() => this.#wish(name, 'remove')}
                      >
                        Remove
                      </button>`
                    : nothing
                }`
        }</span
      >
    </li>`;
  }

  #wish(name: string, wish: Wish | undefined): void {
    const next = new Map(this.wishes);
    if (wish === undefined) next.delete(name);
    else next.set(name, wish);
    this.wishes = next;
    this.refusal = '';
  }

  readonly #add = (): void => {
    if (!NAME_RULE.test(this.added)) return;
    this.#wish(this.added, { value: '' });
    this.added = '';
  };

  #closedReason(): string {
    if (this.wishes.size === 0) return 'Nothing is changed yet.';
    const empty = [...this.wishes].find(([, wish]) => wish !== 'remove' && wish.value === '');
    return empty === undefined ? '' : `The new ${keyLabel(empty[0])} key is still empty.`;
  }

  #body(): UpdateInstance {
    const body: Record<string, unknown> = {};
    const further: Record<string, string | null> = {};
    for (const [name, wish] of this.wishes) {
      const value = wish === 'remove' ? null : wish.value;
      const field = KEY_FIELDS.find((one) => nameOf(one) === name);
      if (field === undefined) further[name] = value;
      else body[field] = value;
    }
    if (Object.keys(further).length > 0) body.api_keys = further;
    return body;
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('cw-close'));
  };

  readonly #propose = (): void => {
    const { name } = this.instance;
    const body = this.#body();
    proposing.ask({
      title: `Change keys of ${name}`,
      names: [name],
      write: (target) => updateInstance(name, body, null, target),
      done: () => {
        this.#unsaved.release();
        this.#close();
      },
    });
  };

  readonly #submit = async (): Promise<void> => {
    if (this.busy || this.#closedReason() !== '') return;
    this.busy = true;
    try {
      const { value } = await updateInstance(this.instance.name, this.#body(), null);
      this.#unsaved.release();
      store.put(value);
      writes.follow(`Keys of ${value.display_name}`, [value.name]);
      this.#close();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  };
}
