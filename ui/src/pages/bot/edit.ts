import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Instance, UpdateInstance } from '../../../../server/http/schemas/instance.ts';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import { exposureOptions, textField } from '../../common/field.ts';
import { LivePreview } from '../../common/live-preview.ts';
import { fileLines } from '../../common/preview-lines.ts';
import { OfferedPair, portField } from '../../common/port-field.ts';
import { Resource } from '../../common/resource.ts';
import { saveButtons } from '../../common/save-buttons.ts';
import { Unsaved } from '../../common/unsaved.ts';
import { ApiError } from '../../data/api.ts';
import { previewChange, readSettings, updateInstance } from '../../data/endpoints.ts';
import {
  checkForm,
  FIELD_LABELS,
  fleetSizes,
  formOf,
  isEmptyBody,
  RESOURCE_FIELDS,
  STORAGE_FIELDS,
  updateBody,
  type InstanceForm,
  type ResourceField,
  type StorageField,
} from '../../data/forms/instance-form.ts';
import '../../elements/dialog.ts';
import '../../elements/diff.ts';
import { icon } from '../../elements/icon.ts';
import { patchRows } from '../../data/text/patch.ts';
import { proposing, store, writes } from '../../services.ts';
import { button, dialog, form, icon as iconSheet, note, panel, sheets, status } from '../../styles/sheets.ts';
import '../keys/keys.ts';

/** Fields of a bot, and beside them what their change will commit. `cw-close` when it is done or not wanted. */
@customElement('cw-edit')
export class CwEdit extends LitElement {
  static override styles = sheets(iconSheet, status, button, panel, note, form, dialog);

  @property({ attribute: false }) instance!: Instance;
  /** The field that has the keyboard at first: `image`, `memory_limit`. */
  @property({ attribute: false }) first = '';
  @state() private form: InstanceForm | null = null;
  @state() private refusal: ApiError | null = null;
  @state() private busy = false;
  /** The bot as it was when the dialog was opened: the base of the merge. */
  #base!: Instance;
  readonly #preview = new LivePreview(this);
  readonly #offered = new OfferedPair(this);
  readonly #unsaved = new Unsaved(this, () => this.form !== null && !isEmptyBody(updateBody(this.form, this.#base)));
  readonly #settings = new Resource<Settings>(this, (signal) => readSettings(signal));

  override willUpdate(): void {
    if (this.form !== null) return;
    this.#base = this.instance;
    this.form = formOf(this.instance);
  }

  override render(): TemplateResult | typeof nothing {
    if (this.form === null) return nothing;
    const body = updateBody(this.form, this.#base);
    const errors = checkForm(this.form, new Set(), this.instance.name);
    const isReady = !isEmptyBody(body) && Object.keys(errors).length === 0;
    if (isReady) this.#preview.ask(JSON.stringify(body), (signal) => previewChange(this.instance.name, body, signal));
    else this.#preview.clear();
    const restarts = this.#preview.value?.restarts.length ?? 0;
    const title = restarts > 0 ? 'Publish and restart' : 'Publish to main';
    return html`<cw-dialog heading="Edit ${this.#base.display_name}" wide @cw-close=${this.#close}>
      <div class="dialog__split">${this.#fields(this.form, errors)} ${this.#aside(isReady)}</div>
      <div slot="foot" class="dialog__foot">
        <span class="muted small hide-narrow" id="why">${isEmptyBody(body) ? 'Nothing is changed yet.' : nothing}</span>
        <span class="push"></span>
        <button class="btn btn--quiet" type="button" @click=${this.#close}>Cancel</button>
        ${saveButtons({
          label: title,
          isReady,
          busy: this.busy,
          describedBy: 'why',
          save: this.#submit,
          propose: () => this.#propose(body),
        })}
      </div>
    </cw-dialog>`;
  }

  #fields(form: InstanceForm, errors: Readonly<Record<string, string>>): TemplateResult {
    const error = (field: string): string | undefined =>
      this.refusal?.field === field ? this.refusal.message : errors[field];
    const isPlaced = this.refusal?.field !== undefined && Object.hasOwn({ ...form.sizes, ...form }, this.refusal.field);
    return html`<form class="dialog__body" @submit=${(event: Event) => event.preventDefault()}>
      ${this.refusal === null || (isPlaced && this.refusal.code !== 'conflict') ? nothing : this.#refusalNote(this.refusal)}
      ${textField({
        id: 'display_name',
        label: 'Display name',
        value: form.display_name,
        autofocus: !['image', 'nodeport_chrome', ...RESOURCE_FIELDS, ...STORAGE_FIELDS].includes(this.first),
        hint: html`Its name in the cluster stays <code>${this.instance.name}</code>.`,
        error: error('display_name'),
        input: (value) => this.#change({ display_name: value }),
      })}
      <fieldset class="stack">
        <legend class="field__label">Resources</legend>
        <div class="grid-2">${RESOURCE_FIELDS.map((field) => this.#size(field, form, error(field)))}</div>
      </fieldset>
      <fieldset class="stack">
        <legend class="field__label">Data volumes</legend>
        <div class="grid-2">${STORAGE_FIELDS.map((field) => this.#size(field, form, error(field)))}</div>
        <p class="field__hint">Volumes can grow and never shrink.</p>
      </fieldset>
      ${textField({
        id: 'image',
        label: 'Image',
        ...(this.#isInherited('image', form.image) ? { mark: 'inherited' } : {}),
        value: form.image,
        placeholder: this.#settings.value?.image ?? '',
        mono: true,
        autofocus: this.first === 'image',
        hint: 'Empty: the image of the fleet.',
        error: error('image'),
        input: (value) => this.#change({ image: value }),
      })}
      ${exposureOptions(form.vnc_exposure, (vnc_exposure) => this.#change({ vnc_exposure }))}
      ${form.vnc_exposure === 'nodePort' ? this.#port(form, error('nodeport_chrome')) : nothing}
    </form>`;
  }

  /** Both values of a conflict; the person's own text stays in the form. */
  #refusalNote(refusal: ApiError): TemplateResult {
    const { theirs, mine } = refusal.body;
    const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
    return html`<div class="note" data-tone="bad" role="alert">
      ${icon('y-failed')}
      <p>${refusal.message}</p>
      ${
        refusal.code === 'conflict' && theirs !== undefined
          ? html`<dl class="facts">
                <dt>On main</dt>
                <dd><code>${shown(theirs)}</code></dd>
                <dt>Yours</dt>
                <dd><code>${shown(mine)}</code></dd>
              </dl>
              <div class="row-wrap">
                <button class="btn" type="button" @click=${this.#onTop}>Put mine on top</button>
              </div>`
          : nothing
      }
    </div>`;
  }

  #size(field: ResourceField | StorageField, form: InstanceForm, error: string | undefined): TemplateResult {
    const settings = this.#settings.value;
    const fleet = settings === undefined ? '' : fleetSizes(settings)[field];
    const isResource = (RESOURCE_FIELDS as readonly string[]).includes(field);
    return textField({
      id: field,
      label: FIELD_LABELS[field],
      ...(isResource && this.#isInherited(field, form.sizes[field]) ? { mark: 'inherited' } : {}),
      value: form.sizes[field],
      autofocus: this.first === field,
      placeholder: isResource ? fleet : '',
      error,
      input: (value) => this.#change({ sizes: { ...form.sizes, [field]: value } }),
    });
  }

  #port(form: InstanceForm, error: string | undefined): TemplateResult {
    this.#offered.ask(this.#base.name);
    return portField({
      value: form.nodeport_chrome,
      offered: this.#offered.value,
      own: this.#base.nodeport_chrome,
      autofocus: this.first === 'nodeport_chrome',
      error,
      input: (value) => this.#change({ nodeport_chrome: value }),
    });
  }

  #isInherited(field: string, value: string): boolean {
    const saved = (this.#base as unknown as Readonly<Record<string, unknown>>)[field];
    return value === '' || (this.#base.inherited.includes(field) && value === saved);
  }

  #aside(isReady: boolean): TemplateResult {
    const { value, error } = this.#preview;
    return html`<section class="dialog__aside" aria-labelledby="will">
      <h3 id="will">What will be committed</h3>
      ${
        error !== null && isReady
          ? html`<div class="note" data-tone="bad" role="alert">
              ${icon('y-failed')}
              <p>${error.message}</p>
            </div>`
          : nothing
      }
      ${
        value === null || !isReady
          ? error !== null && isReady
            ? nothing
            : html`<p class="muted small">Files appear here as soon as something is changed.</p>`
          : html`<p>${value.message}</p>
              <ul class="panel items">
                ${fileLines(value.files)}
              </ul>
              <div class="panel">
                <cw-diff
                  label="What will be committed"
                  .files=${value.files.map((file) => ({ path: file.path, rows: patchRows(file.patch) }))}
                ></cw-diff>
              </div>
              <p class="muted small">
                ${
                  value.restarts.length > 0
                    ? 'Restarts the bot: no screens until it is up again, data is kept.'
                    : 'The bot goes on without a restart.'
                }
              </p>`
      }
    </section>`;
  }

  #change(change: Partial<InstanceForm>): void {
    if (this.form !== null) this.form = { ...this.form, ...change };
    this.refusal = null;
  }

  readonly #onTop = (): void => {
    this.#base = this.instance;
    this.refusal = null;
    void this.#submit();
  };

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('cw-close'));
  };

  #propose(body: UpdateInstance): void {
    const { name, revision } = this.#base;
    proposing.ask({
      title: this.#preview.value?.message ?? `Change ${name}`,
      names: [name],
      write: (target) => updateInstance(name, body, revision, target),
      done: () => {
        this.#unsaved.release();
        this.#close();
      },
    });
  }

  readonly #submit = async (): Promise<void> => {
    if (this.busy || this.form === null) return;
    const body = updateBody(this.form, this.#base);
    if (isEmptyBody(body) || Object.keys(checkForm(this.form, new Set(), this.instance.name)).length > 0) return;
    this.busy = true;
    try {
      const { value } = await updateInstance(this.instance.name, body, this.#base.revision);
      this.#unsaved.release();
      store.put(value);
      writes.follow(`Edit ${value.display_name}`, [value.name]);
      this.#close();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error : new ApiError(0, { detail: String(error) });
    } finally {
      this.busy = false;
    }
  };
}
