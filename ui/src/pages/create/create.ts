import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Selected } from '../../common/controllers.ts';
import { bones, errorFace } from '../../common/faces.ts';
import { exposureOptions, textField } from '../../common/field.ts';
import { LivePreview } from '../../common/live-preview.ts';
import { OfferedPair, portField } from '../../common/port-field.ts';
import { Resource } from '../../common/resource.ts';
import { isProposeOnly, saveButtons } from '../../common/save-buttons.ts';
import { Unsaved } from '../../common/unsaved.ts';
import { ApiError } from '../../data/api.ts';
import { createInstance, previewCreate, readSettings } from '../../data/endpoints.ts';
import { totalSize } from '../../data/words/format.ts';
import {
  checkForm,
  createBody,
  emptyForm,
  FIELD_LABELS,
  fleetSizes,
  KEY_FIELDS,
  RESOURCE_FIELDS,
  STORAGE_FIELDS,
  type FormErrors,
  type InstanceForm,
  type KeyField,
  type ResourceField,
  type StorageField,
} from '../../data/forms/instance-form.ts';
import type { CreateInstance } from '../../../../server/http/schemas/instance.ts';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import '../../elements/dialog.ts';
import { createAside } from './create-aside.ts';
import { configField, keyField, takeOverOption } from './create-fields.ts';
import { hasKeptVolumes, isFilledIn, keySummary, nameHint, refusalText } from './create-words.ts';
import { icon } from '../../elements/icon.ts';
import { proposing, router, store, writes } from '../../services.ts';
import { button, dialog, form, icon as iconSheet, note, panel, sheets, status } from '../../styles/sheets.ts';

/** The form of a new bot, and beside it what it will commit. `cw-close` when the person goes away. */
@customElement('cw-create')
export class CwCreate extends LitElement {
  static override styles = sheets(iconSheet, status, button, panel, note, form, dialog);

  @state() private form: InstanceForm | null = null;
  @state() private touched: ReadonlySet<string> = new Set();
  @state() private refusal: ApiError | null = null;
  @state() private busy = false;
  #hasBegun = false;
  readonly #instances = new Selected(this, () => store.instances);
  readonly #fleet = new Selected(this, () => store.fleet);
  readonly #preview = new LivePreview(this);
  readonly #offered = new OfferedPair(this);
  readonly #unsaved = new Unsaved(this, () => isFilledIn(this.form, this.#settings.value));
  readonly #settings = new Resource<Settings>(this, async (signal) => {
    const settings = await readSettings(signal);
    this.form ??= emptyForm(settings);
    return settings;
  });

  /** The form comes after its defaults; the first field takes the keyboard when it is there. */
  override updated(): void {
    if (this.#hasBegun || this.renderRoot.querySelector('#display_name') === null) return;
    this.#hasBegun = true;
    this.#focusField('display_name');
  }

  override render(): TemplateResult {
    const { value: settings, error, slow } = this.#settings;
    return html`<cw-dialog heading="New bot" wide @cw-close=${this.#close} @keydown=${this.#key}>
      <div class="dialog__split">
        ${
          settings !== undefined && this.form !== null
            ? [this.#form(this.form, settings), this.#aside(this.form, settings)]
            : error !== null
              ? errorFace('The defaults of the fleet cannot be read', error, () => this.#settings.reload())
              : slow
                ? bones('the defaults of the fleet')
                : nothing
        }
      </div>
      <div slot="foot" class="dialog__foot">
        <span class="muted small hide-narrow"><kbd>Ctrl</kbd> <kbd>Enter</kbd> creates</span><span class="push"></span>
        <button class="btn btn--quiet" type="button" @click=${this.#close}>Cancel</button>
        ${saveButtons({
          label: 'Commit and create',
          isReady: true,
          busy: this.busy,
          save: this.#submit,
          propose: this.#propose,
        })}
      </div>
    </cw-dialog>`;
  }

  get #errors(): FormErrors {
    return this.form === null ? {} : checkForm(this.form, new Set(this.#instances.value.keys()));
  }

  /** An error is shown once the person has been at its field; the server's own one stands at its field, too. */
  #shownError(field: string): string | undefined {
    if (this.refusal?.field === field) return refusalText(this.refusal);
    return this.touched.has(field) ? this.#errors[field] : undefined;
  }

  #form(form: InstanceForm, settings: Settings): TemplateResult {
    return html`<form class="dialog__body" @submit=${(event: Event) => event.preventDefault()}>
      ${
        this.refusal !== null && !this.#hasPlace(this.refusal.field)
          ? html`<div class="note" data-tone="bad" role="alert">
              ${icon('y-failed')}
              <p>${this.refusal.message}</p>
            </div>`
          : nothing
      }
      ${textField({
        id: 'display_name',
        label: 'Display name',
        value: form.display_name,
        autofocus: true,
        hint: nameHint(form, this.#instances.value, this.#hasKept(form)),
        error: this.#shownError('display_name'),
        input: (value) => this.#change('display_name', { display_name: value }),
      })}
      ${this.#hasKept(form) ? takeOverOption(form, (takeOver) => this.#change('display_name', { takeOver })) : nothing}
      <fieldset class="stack">
        <legend class="field__label">Resources</legend>
        <div class="grid-2">${RESOURCE_FIELDS.map((field) => this.#size(field, form, settings))}</div>
      </fieldset>
      <details class="fold">
        <summary>
          ${icon('right')}Data volumes
          <span class="muted push"
            >${totalSize(STORAGE_FIELDS.map((field) => form.sizes[field])) ?? ''} in 4 volumes</span
          >
        </summary>
        <div class="grid-2">${STORAGE_FIELDS.map((field) => this.#size(field, form, settings))}</div>
      </details>
      <details class="fold">
        <summary>
          ${icon('right')}API key overrides
          <span class="muted push">${keySummary(form)}</span>
        </summary>
        <div class="stack">${KEY_FIELDS.map((field) => this.#key_(field, form, settings))}</div>
      </details>
      <details class="fold" @toggle=${() => void import('../../editor/json-editor.ts')}>
        <summary>
          ${icon('right')}Initial config <span class="muted push">${form.config === '' ? 'empty, {}' : 'own'}</span>
        </summary>
        ${configField(form, this.refusal?.field === 'clawdbot_config' ? this.refusal.message : undefined, (config) => this.#change('clawdbot_config', { config }))}
      </details>
      <details class="fold">
        <summary>
          ${icon('right')}Image and screens
          <span class="muted push"
            >${form.image === settings.image && form.vnc_exposure === settings.vnc_exposure ? 'inherited' : 'changed'}</span
          >
        </summary>
        <div class="stack-lg">
          ${textField({
            id: 'image',
            label: 'Image',
            mark: form.image === settings.image ? 'inherited' : 'changed',
            value: form.image,
            mono: true,
            error: this.#shownError('image'),
            input: (value) => this.#change('image', { image: value }),
          })}
          ${exposureOptions(form.vnc_exposure, (vnc_exposure) => this.#change('vnc_exposure', { vnc_exposure }))}
          ${form.vnc_exposure === 'nodePort' ? this.#port(form) : nothing}
        </div>
      </details>
    </form>`;
  }

  #hasKept(form: InstanceForm): boolean {
    const isAsked = Object.keys(this.#errors).length === 0;
    return hasKeptVolumes(form, this.refusal, isAsked ? this.#preview.error : null);
  }

  #size(field: ResourceField | StorageField, form: InstanceForm, settings: Settings): TemplateResult {
    const fleet = fleetSizes(settings)[field];
    const value = form.sizes[field];
    const isInherited = value === '' || value === fleet;
    const isVolume = field.startsWith('storage');
    return textField({
      id: field,
      label: FIELD_LABELS[field],
      mark: isInherited ? (isVolume ? 'fleet default' : 'inherited') : `changed, fleet ${fleet}`,
      value,
      placeholder: fleet,
      error: this.#shownError(field),
      input: (text) => this.#change(field, { sizes: { ...form.sizes, [field]: text } }),
    });
  }

  #port(form: InstanceForm): TemplateResult {
    this.#offered.ask();
    return portField({
      value: form.nodeport_chrome,
      offered: this.#offered.value,
      error: this.#shownError('nodeport_chrome'),
      input: (value) => this.#change('nodeport_chrome', { nodeport_chrome: value }),
    });
  }

  #key_(field: KeyField, form: InstanceForm, settings: Settings): TemplateResult {
    return keyField(field, form, settings, this.#shownError(field), (keys) => this.#change(field, { keys }));
  }

  #aside(form: InstanceForm, settings: Settings): TemplateResult {
    const isReady = Object.keys(this.#errors).length === 0;
    if (isReady) {
      const body = createBody(form, settings);
      this.#preview.ask(JSON.stringify(body), (signal) => previewCreate(body, signal));
    }
    return createAside(form, isReady ? this.#preview : null, this.#fleet.value);
  }

  #hasPlace(field: string | undefined): boolean {
    return field !== undefined && this.renderRoot.querySelector(`#${CSS.escape(field)}`) !== null;
  }

  #change(field: string, change: Partial<InstanceForm>): void {
    if (this.form === null) return;
    this.form = { ...this.form, ...change };
    this.touched = new Set([...this.touched, field]);
    this.refusal = null;
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (
      event.key === 'Enter' &&
      (event.ctrlKey || event.metaKey || (event.composedPath()[0] as HTMLElement).id === 'display_name')
    ) {
      event.preventDefault();
      void (isProposeOnly() ? this.#propose() : this.#submit());
    }
  };

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('cw-close'));
  };

  /** What is sent; where something is missing the keyboard is there. */
  async #body(): Promise<CreateInstance | undefined> {
    const settings = this.#settings.value;
    if (this.busy || this.form === null || settings === undefined) return undefined;
    const errors = Object.keys(this.#errors);
    if (errors.length === 0) return createBody(this.form, settings);
    this.touched = new Set([...this.touched, ...errors]);
    await this.updateComplete;
    this.#focusField(errors[0] ?? '');
    return undefined;
  }

  readonly #propose = async (): Promise<void> => {
    const body = await this.#body();
    if (body === undefined) return;
    const done = (): void => {
      this.#unsaved.release();
      this.#close();
    };
    const title = this.#preview.value?.message ?? `Create ${body.display_name}`;
    proposing.ask({ title, names: [], write: (target) => createInstance(body, target), done });
  };

  readonly #submit = async (): Promise<void> => {
    const body = await this.#body();
    if (body === undefined) return;
    this.busy = true;
    try {
      const { value } = await createInstance(body);
      this.#unsaved.release();
      store.put(value);
      writes.follow(`Create ${value.display_name}`, [value.name]);
      router.go(`instances/${value.name}`);
    } catch (error) {
      this.refusal = error instanceof ApiError ? error : new ApiError(0, { detail: String(error) });
      await this.updateComplete;
      if (this.refusal.field !== undefined) this.#focusField(this.refusal.field);
    } finally {
      this.busy = false;
    }
  };

  #focusField(field: string): void {
    const input = this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(field)}`);
    const fold = input?.closest('details');
    if (fold) fold.open = true;
    input?.focus();
  }
}
