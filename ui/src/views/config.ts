import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Config, Instance } from '../../../server/http/schemas/instance.ts';
import type { Overview, Preview } from '../../../server/http/schemas/views.ts';
import { faces } from '../common/faces.ts';
import { Resource } from '../common/resource.ts';
import { badge, commitLink, word } from '../common/words-view.ts';
import { ApiError } from '../data/api.ts';
import { compareTexts } from '../data/compare.ts';
import { previewChange, readConfig, readOverview, saveConfig } from '../data/endpoints.ts';
import { clockOf, count } from '../data/format.ts';
import { variablesIn } from '../data/highlight.ts';
import type { JsonProblem } from '../data/json-check.ts';
import { readConfigDraft, writeConfigDraft } from '../data/kept.ts';
import { linesOf } from '../data/lines.ts';
import { patchRows } from '../data/patch.ts';
import type { CwJsonEditor, EditorChange } from '../editor/json-editor.ts';
import '../editor/json-editor.ts';
import '../elements/diff.ts';
import { icon } from '../elements/icon.ts';
import { kept, router, store, writes } from '../services.ts';
import { button, code, face, icon as iconSheet, layout, note, panel, sheets, status } from '../styles/sheets.ts';

/**
 * clawdbot.json of a bot. What is typed stays in this browser until it is a commit; it is published only through its
 * diff, and only on top of the revision that it was typed on.
 */
@customElement('cw-config')
export class CwConfig extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, layout, panel, note, code, face),
    css`
      :host {
        display: block;
      }
    `,
  ];

  @property({ attribute: false }) instance!: Instance;
  /** What the text is typed on top of. */
  @state() private base: Config | null = null;
  @state() private text = '';
  @state() private problem: JsonProblem | null = null;
  @state() private savedAt: number | null = null;
  @state() private preview: Preview | null = null;
  /** The newer config on main, when somebody else was faster. */
  @state() private newer: Config | null = null;
  @state() private refusal = '';
  @state() private busy: '' | 'review' | 'save' = '';
  @query('cw-json-editor') private editor!: CwJsonEditor | null;
  readonly #overview = new Resource<Overview>(this, (signal) => readOverview(this.instance.name, signal));
  readonly #config = new Resource<Config>(this, async (signal) => {
    const config = await readConfig(this.instance.name, signal);
    this.#begin(config);
    return config;
  });

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('instance');
    if (before === undefined) return;
    if (before.name !== this.instance.name) {
      this.base = null;
      this.#forgetReview();
      this.#config.reset();
      this.#overview.reset();
    } else if (before.revision !== this.instance.revision && this.busy === '') {
      void this.#lookForNewer();
    }
  }

  #begin(config: Config): void {
    if (this.base !== null) return;
    const draft = readConfigDraft(kept, this.instance.name);
    if (draft !== null && draft.text !== config.config) {
      this.base = { config: draft.baseText, revision: draft.base };
      this.text = draft.text;
      this.savedAt = draft.at;
      if (draft.base !== config.revision && draft.baseText !== config.config) this.newer = config;
      else this.base = config;
      return;
    }
    this.base = config;
    this.text = config.config;
  }

  override render(): unknown {
    return faces(this.#config, 'the config', () => this.#page());
  }

  get #isEdited(): boolean {
    return this.base !== null && this.text !== this.base.config;
  }

  #page(): TemplateResult {
    return html`<div class="cols cols--side">
      ${this.preview === null ? this.#editorPanel() : this.#reviewPanel(this.preview)}
      <div class="stack-lg">${this.#savePanel()} ${this.#changePanel()} ${this.#runTimePanel()}</div>
    </div>`;
  }

  #editorPanel(): TemplateResult {
    return html`<section class="panel" aria-labelledby="file">
      <header class="panel__head">
        <h2 id="file">clawdbot.json</h2>
        ${this.#isEdited ? badge('warn', 'edited', 'y-draft') : nothing}
        <div class="panel__end">
          <button
            class="btn btn--icon btn--quiet"
            type="button"
            aria-label="Find in config"
            title="Find in config"
            @click=${() => this.editor?.find()}
          >
            ${icon('search')}
          </button>
          <button
            class="btn btn--quiet"
            type="button"
            aria-disabled=${this.problem === null ? nothing : 'true'}
            title=${this.problem === null ? 'Indent by two spaces' : 'Not available while the config has an error'}
            @click=${this.#format}
          >
            Format
          </button>
        </div>
      </header>
      <cw-json-editor
        .value=${this.text}
        label="clawdbot.json of ${this.instance.display_name}"
        @cw-text=${(event: CustomEvent<EditorChange>) => this.#typed(event.detail)}
        @cw-review=${this.#review}
      ></cw-json-editor>
      <footer class="panel__foot">${this.#foot()}</footer>
    </section>`;
  }

  #foot(): TemplateResult {
    const size = new TextEncoder().encode(this.text).length;
    return html`${
        this.problem === null
          ? word({ word: 'valid JSON', icon: 'y-applied', tone: 'ok', rule: '' })
          : html`${word({ word: '1 error', icon: 'y-failed', tone: 'bad', rule: '' })}
              <button class="btn btn--quiet" type="button" @click=${() => this.editor?.goTo(this.problem?.offset ?? 0)}>
                Go to line ${this.problem.line}
              </button>`
      } <span class="push">${count(linesOf(this.text).length, 'line')}, ${(size / 1_024).toFixed(1)} KB</span
      ><span class="hide-narrow"><kbd>Esc</kbd> then <kbd>Tab</kbd> leaves the editor</span>`;
  }

  #reviewPanel(preview: Preview): TemplateResult {
    const files = preview.files.map((file) => ({ path: file.path, rows: patchRows(file.patch) }));
    return html`<section class="panel" aria-labelledby="review">
      <header class="panel__head">
        <h2 id="review">Review: ${preview.message}</h2>
        <div class="panel__end">
          <button class="btn btn--quiet" type="button" @click=${this.#forgetReview}>Back to the editor</button>
        </div>
      </header>
      <cw-diff label="What will be committed" .files=${files}></cw-diff>
    </section>`;
  }

  #savePanel(): TemplateResult {
    return html`<section class="panel" aria-labelledby="save">
      <header class="panel__head"><h2 id="save">Save</h2></header>
      <div class="panel__body">
        ${this.#saveNote()}
        <p class="soft">${this.#consequence()}</p>
        ${this.preview === null ? this.#reviewButtons() : this.#publishButtons()}
      </div>
    </section>`;
  }

  #saveNote(): TemplateResult | typeof nothing {
    if (this.newer !== null) return this.#newerNote(this.newer);
    if (this.refusal !== '')
      return html`<div class="note" data-tone="bad" role="alert">
        ${icon('y-failed')}
        <p>${this.refusal}</p>
      </div>`;
    if (this.problem === null) return nothing;
    return html`<div class="note" data-tone="bad">
      ${icon('y-failed')}
      <p>Fix the error on line ${this.problem.line} first. A config with errors is never saved.</p>
    </div>`;
  }

  #newerNote(newer: Config): TemplateResult {
    return html`<div class="note" data-tone="warn" role="alert">
      ${icon('y-drifted')}
      <p>
        <strong>The config changed on main meanwhile</strong>${
          newer.revision === null ? nothing : html`, in ${commitLink(newer.revision)}`
        }.
        Your text is kept as it is.
      </p>
      <div class="row-wrap">
        <button class="btn" type="button" @click=${() => this.#settle(newer, 'mine')}>Put mine on top</button>
        <button class="btn btn--quiet" type="button" @click=${() => this.#settle(newer, 'theirs')}>Take main's</button>
      </div>
    </div>`;
  }

  #consequence(): string {
    return this.instance.status === 'stopped'
      ? 'The bot is stopped; it reads the new config when it starts.'
      : 'Saving restarts the bot: about 40 s without screens, data is kept.';
  }

  #closedReason(): string {
    if (this.problem !== null) return 'Not available while the config has an error.';
    if (this.newer !== null) return 'Not available until it is clear which text is meant.';
    if (!this.#isEdited) return 'Nothing is changed yet.';
    return store.link.state === 'gone' ? 'The server does not answer; your draft is kept in this browser.' : '';
  }

  #reviewButtons(): TemplateResult {
    const why = this.#closedReason();
    return html`<div class="row-wrap">
        <button
          class=${why === '' ? 'btn btn--primary' : 'btn'}
          type="button"
          aria-disabled=${why === '' ? nothing : 'true'}
          aria-describedby=${why === '' ? nothing : 'why'}
          @click=${this.#review}
        >
          ${this.busy === 'review' ? 'Rendering' : 'Review change'}
        </button>
        <button
          class="btn btn--quiet"
          type="button"
          aria-disabled=${this.#isEdited ? nothing : 'true'}
          @click=${this.#reset}
        >
          ${icon('undo')}Reset
        </button>
      </div>
      ${why === '' ? nothing : html`<p class="muted small" id="why">${why}</p>`}`;
  }

  #publishButtons(): TemplateResult {
    const restarts = (this.preview?.restarts.length ?? 0) > 0;
    const title = restarts ? 'Publish and restart' : 'Publish to main';
    return html`<div class="row-wrap">
      <button
        class="btn btn--primary"
        type="button"
        aria-disabled=${this.busy === 'save' ? 'true' : nothing}
        @click=${this.#save}
      >
        ${icon('commit')}${this.busy === 'save' ? 'Publishing' : title}
      </button>
      <button class="btn btn--quiet" type="button" @click=${this.#forgetReview}>Back</button>
    </div>`;
  }

  #changePanel(): TemplateResult | typeof nothing {
    if (!this.#isEdited || this.base === null) return nothing;
    const rows = compareTexts(this.base.config, this.text);
    const added = rows.filter((row) => row.kind === 'add').length;
    const removed = rows.filter((row) => row.kind === 'del').length;
    return html`<section class="panel" aria-labelledby="so-far">
      <header class="panel__head"><h2 id="so-far">Your change so far</h2></header>
      <div class="panel__body">
        <dl class="facts">
          <dt>Based on</dt>
          <dd>${this.base.revision === null ? 'a draft' : commitLink(this.base.revision)}</dd>
          <dt>Changed</dt>
          <dd>${count(added, 'line')} added, ${removed} removed</dd>
          <dt>Kept in</dt>
          <dd>this browser${this.savedAt === null ? nothing : `, ${clockOf(new Date(this.savedAt).toISOString())}`}</dd>
        </dl>
      </div>
    </section>`;
  }

  #runTimePanel(): TemplateResult | typeof nothing {
    const names = variablesIn(this.text);
    if (names.length === 0) return nothing;
    const keys = this.#overview.value?.keys ?? [];
    return html`<section class="panel" aria-labelledby="run-time">
      <header class="panel__head"><h2 id="run-time">At run time</h2></header>
      <div class="panel__body">
        ${names.map((name) => {
          const key = keys.find((one) => one.name === name);
          const source =
            key === undefined
              ? html`is in no key of this bot: set it under
                  <a href="/instances/${this.instance.name}?keys">API keys</a>.`
              : html`is filled in by the bot from its ${key.scope} key, <code>${key.hint}</code>. Its value never enters
                  git.`;
          return html`<p class="soft"><code class="v">${'${'}${name}}</code> ${source}</p>`;
        })}
      </div>
    </section>`;
  }

  #typed({ text, problem }: EditorChange): void {
    this.problem = problem;
    if (text === this.text) return;
    this.text = text;
    this.refusal = '';
    this.#keep();
  }

  #keep(): void {
    if (this.base === null) return;
    this.savedAt = Date.now();
    const { config: baseText, revision: base } = this.base;
    const draft = this.text === baseText ? null : { text: this.text, base, baseText, at: this.savedAt };
    writeConfigDraft(kept, this.instance.name, draft);
  }

  readonly #format = (): void => {
    if (this.problem !== null) return;
    this.text = `${JSON.stringify(JSON.parse(this.text), null, 2)}\n`;
    this.#keep();
  };

  readonly #reset = (): void => {
    if (this.base !== null) this.text = this.base.config;
    this.#keep();
  };

  readonly #forgetReview = (): void => {
    this.preview = null;
    this.refusal = '';
  };

  readonly #review = async (): Promise<void> => {
    if (this.#closedReason() !== '' || this.busy !== '') return;
    this.busy = 'review';
    try {
      this.preview = await previewChange(this.instance.name, { config: this.text });
      this.refusal = '';
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = '';
    }
  };

  readonly #save = async (): Promise<void> => {
    if (this.busy !== '' || this.base === null) return;
    this.busy = 'save';
    try {
      await saveConfig(this.instance.name, this.text, this.base.revision);
      writes.follow(`Config of ${this.instance.display_name}`, [this.instance.name]);
      writeConfigDraft(kept, this.instance.name, null);
      router.go(`/instances/${this.instance.name}`);
    } catch (error) {
      this.preview = null;
      this.refusal = error instanceof ApiError ? error.message : String(error);
      if (error instanceof ApiError && (error.status === 412 || error.status === 409)) await this.#lookForNewer();
    } finally {
      this.busy = '';
    }
  };

  async #lookForNewer(): Promise<void> {
    const config = await readConfig(this.instance.name).catch(() => null);
    if (config === null || this.base === null) return;
    if (config.config === this.base.config || !this.#isEdited) this.#adopt(config);
    else this.newer = config;
  }

  /** Another revision with nothing of ours at stake. */
  #adopt(config: Config): void {
    if (!this.#isEdited) this.text = config.config;
    this.base = config;
    this.#keep();
  }

  #settle(newer: Config, whose: 'mine' | 'theirs'): void {
    this.base = newer;
    this.newer = null;
    this.refusal = '';
    if (whose === 'theirs') this.text = newer.config;
    this.#keep();
  }
}
