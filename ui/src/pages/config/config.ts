import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Config, Instance } from '../../../../server/http/schemas/instance.ts';
import type { Preview } from '../../../../server/http/schemas/answers.ts';
import { faces } from '../../common/faces.ts';
import { Resource } from '../../common/resource.ts';
import { saveButtons } from '../../common/save-buttons.ts';
import { Unsaved } from '../../common/unsaved.ts';
import { badge, word } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { previewChange, readConfig, saveConfig } from '../../data/endpoints.ts';
import { ConfigSession } from '../../data/forms/config-session.ts';
import { count } from '../../data/words/format.ts';
import { linesOf } from '../../data/text/lines.ts';
import { patchRows } from '../../data/text/patch.ts';
import type { CwJsonEditor, EditorChange } from '../../editor/json-editor.ts';
import '../../editor/json-editor.ts';
import '../../elements/diff.ts';
import { icon } from '../../elements/icon.ts';
import './config-facts.ts';
import { lastConfig } from './last-config.ts';
import { newerNote } from './newer-note.ts';
import { kept, proposing, router, store, writes } from '../../services.ts';
import { button, code, face, icon as iconSheet, layout, note, panel, sheets, status } from '../../styles/sheets.ts';

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
  @state() private preview: Preview | null = null;
  @state() private refusal = '';
  @state() private busy: '' | 'review' | 'save' = '';
  @query('cw-json-editor') private editor!: CwJsonEditor | null;
  #session: ConfigSession | null = null;
  readonly #unsaved = new Unsaved(this, () => this.#session?.isAtRisk === true);
  readonly #config = new Resource<Config>(this, async (signal) => {
    const config = await readConfig(this.instance.name, signal);
    if (this.#session === null) this.#session = new ConfigSession(this.instance.name, config, kept, Date.now);
    else this.#session.meet(config);
    return config;
  });

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('instance');
    if (before === undefined) return;
    if (before.name !== this.instance.name) {
      this.#session = null;
      this.#forgetReview();
      this.#config.reset();
    } else if (before.revision !== this.instance.revision && this.busy === '') this.#config.reload();
  }

  override render(): unknown {
    return faces(this.#config, 'the config', (config) => {
      if (this.instance.leaving !== null) return lastConfig(this.instance, config);
      return this.#session === null ? nothing : this.#page(this.#session);
    });
  }

  #page(session: ConfigSession): TemplateResult {
    return html`<div class="cols cols--side">
      ${this.preview === null ? this.#editorPanel(session) : this.#reviewPanel(this.preview)}
      <div class="stack-lg">
        ${this.#savePanel(session)}
        <cw-config-facts
          .instance=${this.instance}
          .base=${session.base}
          .text=${session.text}
          .savedAt=${session.savedAt}
        ></cw-config-facts>
      </div>
    </div>`;
  }

  #editorPanel(session: ConfigSession): TemplateResult {
    const { problem } = session;
    return html`<section class="panel" aria-labelledby="file">
      <header class="panel__head">
        <h2 id="file">clawdbot.json</h2>
        ${session.isEdited ? badge('warn', 'edited', 'y-draft') : nothing}
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
            aria-disabled=${problem === null ? nothing : 'true'}
            title=${problem === null ? 'Indent by two spaces' : 'Not available while the config has an error'}
            @click=${() => this.#change(() => session.format())}
          >
            Format
          </button>
        </div>
      </header>
      <cw-json-editor
        .value=${session.text}
        label="clawdbot.json of ${this.instance.display_name}"
        @cw-text=${(event: CustomEvent<EditorChange>) => this.#typed(event.detail)}
        @cw-review=${this.#review}
      ></cw-json-editor>
      <footer class="panel__foot">${this.#foot(session)}</footer>
    </section>`;
  }

  #foot({ text, problem }: ConfigSession): TemplateResult {
    const size = new TextEncoder().encode(text).length;
    return html`${
        problem === null
          ? word({ word: 'valid JSON', icon: 'y-applied', tone: 'ok', rule: '' })
          : html`${word({ word: '1 error', icon: 'y-failed', tone: 'bad', rule: '' })}
              <button class="btn btn--quiet" type="button" @click=${() => this.editor?.goTo(problem.offset)}>
                Go to line ${problem.line}
              </button>`
      } <span class="push">${count(linesOf(text).length, 'line')}, ${(size / 1_024).toFixed(1)} KB</span
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

  #savePanel(session: ConfigSession): TemplateResult {
    return html`<section class="panel" aria-labelledby="save">
      <header class="panel__head"><h2 id="save">Save</h2></header>
      <div class="panel__body">
        ${this.#saveNote(session)}
        <p class="soft">${this.#consequence()}</p>
        ${this.preview === null ? this.#reviewButtons(session) : this.#publishButtons()}
      </div>
    </section>`;
  }

  #saveNote(session: ConfigSession): TemplateResult | typeof nothing {
    const { problem, newer } = session;
    if (newer !== null) return newerNote(newer, (whose) => this.#change(() => session.settle(whose)));
    if (this.refusal !== '')
      return html`<div class="note" data-tone="bad" role="alert">
        ${icon('y-failed')}
        <p>${this.refusal}</p>
      </div>`;
    if (problem === null) return nothing;
    return html`<div class="note" data-tone="bad">
      ${icon('y-failed')}
      <p>Fix the error on line ${problem.line} first. A config with errors is never saved.</p>
    </div>`;
  }

  #consequence(): string {
    return this.instance.status === 'stopped'
      ? 'The bot is stopped; it reads the new config when it starts.'
      : 'Saving restarts the bot: no screens until it is up again, data is kept.';
  }

  #closedReason({ problem, newer, isEdited }: ConfigSession): string {
    if (problem !== null) return 'Not available while the config has an error.';
    if (newer !== null) return 'Not available until it is clear which text is meant.';
    if (!isEdited) return 'Nothing is changed yet.';
    return store.link.state === 'gone' ? 'The server does not answer; your draft is kept in this browser.' : '';
  }

  #reviewButtons(session: ConfigSession): TemplateResult {
    const why = this.#closedReason(session);
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
          aria-disabled=${session.isEdited ? nothing : 'true'}
          @click=${() => this.#change(() => session.reset())}
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
      ${saveButtons({
        label: title,
        isReady: true,
        busy: this.busy === 'save',
        save: this.#save,
        propose: this.#propose,
      })}
      <button class="btn btn--quiet" type="button" @click=${this.#forgetReview}>Back</button>
    </div>`;
  }

  #typed({ text }: EditorChange): void {
    if (this.#session?.type(text) === true) this.#change(() => undefined);
  }

  #change(action: () => void): void {
    action();
    this.refusal = '';
    this.requestUpdate();
  }

  readonly #forgetReview = (): void => {
    this.preview = null;
    this.refusal = '';
  };

  readonly #review = async (): Promise<void> => {
    const session = this.#session;
    if (session === null || this.#closedReason(session) !== '' || this.busy !== '') return;
    this.busy = 'review';
    try {
      this.preview = await previewChange(this.instance.name, { config: session.text });
      this.refusal = '';
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = '';
    }
  };

  readonly #propose = (): void => {
    const session = this.#session;
    if (session === null) return;
    const { name } = this.instance;
    const { text, base } = session;
    proposing.ask({
      title: `Change config of ${name}`,
      names: [name],
      write: (target) => saveConfig(name, text, base.revision, target),
      done: () => this.#leave(session),
    });
  };

  #leave(session: ConfigSession): void {
    this.#unsaved.release();
    session.done();
    router.go(`instances/${this.instance.name}`);
  }

  readonly #save = async (): Promise<void> => {
    const session = this.#session;
    if (session === null || this.busy !== '') return;
    this.busy = 'save';
    try {
      await saveConfig(this.instance.name, session.text, session.base.revision);
      writes.follow(`Config of ${this.instance.display_name}`, [this.instance.name]);
      this.#leave(session);
    } catch (error) {
      this.preview = null;
      this.refusal = error instanceof ApiError ? error.message : String(error);
      if (error instanceof ApiError && (error.status === 412 || error.status === 409)) this.#config.reload();
    } finally {
      this.busy = '';
    }
  };
}
