import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { LeftFields } from '../../../../constructs/schema/fleet.ts';
import type { Settings, UpdateSettings } from '../../../../server/http/schemas/settings.ts';
import { Listening, Selected } from '../../common/controllers.ts';
import { faces } from '../../common/faces.ts';
import { applierOptions, exposureOptions, publishOptions, textField } from '../../common/field.ts';
import { LivePreview } from '../../common/live-preview.ts';
import { fileLines } from '../../common/preview-lines.ts';
import { Resource } from '../../common/resource.ts';
import { saveButtons } from '../../common/save-buttons.ts';
import { Unsaved } from '../../common/unsaved.ts';
import { statusGlyph } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { previewSettings, readSettings, saveSettings } from '../../data/endpoints.ts';
import { count } from '../../data/words/format.ts';
import {
  checkSettings,
  SETTING_LABELS,
  SIZE_SETTINGS,
  settingsBody,
  type KeyWishes,
  type SettingsForm,
} from '../../data/forms/settings-form.ts';
import { icon } from '../../elements/icon.ts';
import '../../elements/page.ts';
import './global-keys.ts';
import './left-fields.ts';
import './signers.ts';
import './main-line.ts';
import { namespaceNote } from './namespace-note.ts';
import { reconcileField } from './reconcile-field.ts';
import './recipients.ts';
import { proposing, store, writes } from '../../services.ts';
import { button, face, form, icon as iconSheet, layout, note, panel, sheets, status } from '../../styles/sheets.ts';

/** What holds for the whole fleet. A change shows whom it restarts before it can be saved; keys are write-only. */
@customElement('cw-settings')
export class CwSettings extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, layout, panel, note, form, face),
    css`
      .all {
        inline-size: 100%;
      }
    `,
  ];

  /** The field that has the keyboard at first: `image`. */
  @property({ attribute: false }) first = '';
  @state() private form: SettingsForm = {};
  @state() private keys: KeyWishes = new Map();
  @state() private refusal: ApiError | null = null;
  @state() private busy = false;
  #focused = '';
  readonly #settings = new Resource<Settings>(this, (signal) => readSettings(signal));
  readonly #instances = new Selected(this, () => store.instances);
  readonly #fleet = new Selected(this, () => store.fleet);
  readonly #preview = new LivePreview(this);

  constructor() {
    super();
    new Listening(this, store, 'activity', () => this.#settings.reload());
    new Unsaved(this, () => {
      const settings = this.#settings.value;
      return settings !== undefined && Object.keys(settingsBody(settings, this.form, new Map())).length > 0;
    });
  }

  override render(): TemplateResult {
    document.title = 'Settings · OpenClaw Orchestrator';
    return html`<cw-page heading="Settings" sub="whole fleet, kept in claworc.yaml">
      ${faces(this.#settings, 'the settings', (settings) => this.#page(settings))}
    </cw-page>`;
  }

  /** Not `autofocus`: a page has had its one chance for that when the settings have come. */
  override updated(): void {
    if (this.first === this.#focused) return;
    const field = this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(this.first)}`);
    if (field === null) return;
    this.#focused = this.first;
    field.focus();
  }

  #page(settings: Settings): TemplateResult {
    const body = settingsBody(settings, this.form, this.keys);
    const errors = checkSettings(settings, this.form);
    const isReady = Object.keys(body).length > 0 && Object.keys(errors).length === 0;
    if (isReady) this.#preview.ask(JSON.stringify(body), (signal) => previewSettings(body, signal));
    else this.#preview.clear();
    return html`<div class="cols cols--side">
      <div class="stack-lg">
        <cw-recipients .settings=${settings} @cw-accepted=${() => this.#settings.reload()}></cw-recipients>
        <cw-global-keys .settings=${settings} .wishes=${this.keys} @cw-wish=${this.#wished}></cw-global-keys>
        ${this.#defaults(settings, errors)} ${this.#runtime(settings, errors)}
        <cw-signers .signing=${settings.signing}></cw-signers>
        <cw-left-fields
          .rules=${this.form.leave_to_cluster ?? settings.leave_to_cluster}
          .error=${errors.leave_to_cluster ?? this.#refused(/^leave_to_cluster/)}
          @cw-rules=${(event: CustomEvent<readonly LeftFields[]>) => this.#change({ leave_to_cluster: event.detail })}
        ></cw-left-fields>
      </div>
      <div class="stack-lg">
        ${this.#before(settings, body, isReady)} <cw-main-line id="main-line" tabindex="-1"></cw-main-line>
      </div>
    </div>`;
  }

  #defaults(settings: Settings, errors: Readonly<Record<string, string>>): TemplateResult {
    const fields = (names: typeof SIZE_SETTINGS | readonly (typeof SIZE_SETTINGS)[number][]): TemplateResult =>
      html`<div class="grid-4">${names.map((name) => this.#field(name, settings, errors))}</div>`;
    return html`<section class="panel" aria-labelledby="defaults">
      <header class="panel__head"><h2 id="defaults">Defaults</h2></header>
      <div class="panel__body">
        ${fields(SIZE_SETTINGS.slice(0, 4))} ${fields(SIZE_SETTINGS.slice(4))}
        <p class="muted small">
          CPU and memory reach every bot that does not say otherwise. Volume sizes are copied at creation and never
          change by themselves.
        </p>
      </div>
    </section>`;
  }

  #runtime(settings: Settings, errors: Readonly<Record<string, string>>): TemplateResult {
    return html`<section class="panel" aria-labelledby="runtime">
      <header class="panel__head"><h2 id="runtime">Runtime</h2></header>
      <div class="panel__body">
        <div class="grid-2">
          ${this.#field('image', settings, errors, true)} ${this.#field('namespace', settings, errors)}
        </div>
        ${namespaceNote(settings, this.form.namespace, (namespace) => this.#change({ namespace }))}
        ${exposureOptions(this.form.vnc_exposure ?? settings.vnc_exposure, (value) => this.#change({ vnc_exposure: value }))}
        ${publishOptions(this.form.publish ?? settings.publish, (publish) => this.#change({ publish }))}
        ${applierOptions(this.form.applier ?? settings.applier, (applier) => this.#change({ applier }))}
        ${reconcileField(this.form.reconcile ?? settings.reconcile, (reconcile) => this.#change({ reconcile }))}
        ${this.#rendering(settings)}
      </div>
    </section>`;
  }

  /** An upgrade of the output is offered, never made: it goes into the form, and the preview beside shows every file. */
  #rendering({ rendering, rendering_newest: newest }: Settings): TemplateResult | typeof nothing {
    if (rendering >= newest) return nothing;
    const isWanted = this.form.rendering === newest;
    return html`<div class="note">
      ${icon('commit')}
      <p>
        The manifests of this fleet are of version ${rendering}; this Claworc also makes version ${newest}. The upgrade
        restarts every running bot.
      </p>
      <button
        class="btn"
        type="button"
        aria-pressed=${isWanted}
        @click=${() => this.#change({ rendering: isWanted ? rendering : newest })}
      >
        ${isWanted ? 'Keep this version' : 'See the upgrade'}
      </button>
    </div>`;
  }

  #field(
    name: keyof typeof SETTING_LABELS,
    settings: Settings,
    errors: Readonly<Record<string, string>>,
    mono = false,
  ): TemplateResult {
    const isLocked = name === 'namespace' && settings.open_namespaces !== null;
    return textField({
      id: name,
      label: SETTING_LABELS[name],
      value: this.form[name] ?? settings[name],
      mono,
      readonly: isLocked,
      ...(isLocked ? { hint: 'Can change only while no bot exists.' } : {}),
      error: this.refusal?.field === name ? this.refusal.message : errors[name],
      input: (value) => this.#change({ [name]: value }),
    });
  }

  #before(settings: Settings, body: UpdateSettings, isReady: boolean): TemplateResult | typeof nothing {
    if (Object.keys(body).length === 0 && this.keys.size === 0 && this.refusal === null) return nothing;
    const preview = isReady ? this.#preview.value : null;
    const error = this.refusal ?? (isReady ? this.#preview.error : null);
    const restarts = preview?.restarts ?? [];
    const title = restarts.length > 0 ? `Save and restart ${count(restarts.length, 'bot')}` : 'Save settings';
    return html`<section class="panel" aria-labelledby="before">
      <header class="panel__head"><h2 id="before">Before you save</h2></header>
      <div class="panel__body">
        ${
          error === null
            ? nothing
            : html`<div class="note" data-tone="bad" role="alert">
                ${icon('y-failed')}
                <p>${error.message}</p>
              </div>`
        }
        ${preview === null ? waiting(isReady, error) : this.#consequences(preview.restarts)}
        ${
          preview === null || preview.files.length === 0
            ? nothing
            : html`<h3>What will be committed</h3>
                <ul class="items items--plain">
                  ${fileLines(preview.files)}
                </ul>`
        }
      </div>
      <footer class="panel__foot">
        <button class="btn btn--quiet" type="button" @click=${this.#discard}>Discard</button><span class="push"></span>
        ${saveButtons({
          label: title,
          isReady,
          busy: this.busy,
          save: () => this.#save(settings, body, isReady),
          propose: () => this.#propose(settings, body),
        })}
      </footer>
    </section>`;
  }

  #consequences(names: readonly string[]): TemplateResult {
    if (names.length === 0) return html`<p class="soft">No bot restarts.</p>`;
    const isOne = names.length === 1;
    return html`<div class="note" data-tone="warn">
        ${icon('restart')}
        <p><strong>${isOne ? 'This bot' : `These ${names.length} bots`} will restart:</strong></p>
      </div>
      <ul class="stack">
        ${names.map((name) => {
          const bot = this.#instances.value.get(name);
          return html`<li class="row">
            ${bot === undefined ? nothing : statusGlyph(bot.status, this.#fleet.value?.cluster.state)}<a
              href="instances/${name}"
              >${bot?.display_name ?? name}</a
            >
          </li>`;
        })}
      </ul>`;
  }

  /** What the server said of a field of that name, or empty. */
  #refused(field: RegExp): string {
    const refusal = this.refusal ?? this.#preview.error;
    return refusal?.field !== undefined && field.test(refusal.field) ? refusal.message : '';
  }

  readonly #wished = (event: CustomEvent<KeyWishes>): void => {
    this.keys = event.detail;
    this.refusal = null;
  };

  #change(change: SettingsForm): void {
    this.form = { ...this.form, ...change };
    this.refusal = null;
  }

  readonly #discard = (): void => {
    this.form = {};
    this.keys = new Map();
    this.refusal = null;
  };

  #propose({ revision }: Settings, body: UpdateSettings): void {
    proposing.ask({
      title: this.#preview.value?.message ?? 'Change the settings',
      names: [],
      write: (target) => saveSettings(body, revision, target),
      done: this.#discard,
    });
  }

  async #save(settings: Settings, body: UpdateSettings, isReady: boolean): Promise<void> {
    if (!isReady || this.busy) return;
    this.busy = true;
    try {
      await saveSettings(body, settings.revision);
      writes.follow('Change the settings', []);
      this.#discard();
      this.#settings.reload();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error : new ApiError(0, { detail: String(error) });
    } finally {
      this.busy = false;
    }
  }
}

function waiting(isReady: boolean, error: ApiError | null): TemplateResult | typeof nothing {
  if (!isReady) return html`<p class="muted small">Complete the fields first.</p>`;
  return error === null ? html`<p class="muted small">Working out what this changes.</p>` : nothing;
}
