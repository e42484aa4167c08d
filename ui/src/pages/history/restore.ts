import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Change } from '../../../../server/http/schemas/answers.ts';
import type { RestorePreview } from '../../../../server/http/schemas/history.ts';
import { faces, refusalNote } from '../../common/faces.ts';
import { Resource } from '../../common/resource.ts';
import { saveButtons } from '../../common/save-buttons.ts';
import { commitLink, time } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { previewRestore, restoreInstance } from '../../data/endpoints.ts';
import { exactTime, subjectOf } from '../../data/words/format.ts';
import '../../elements/dialog.ts';
import { icon } from '../../elements/icon.ts';
import { proposing, router, store, writes } from '../../services.ts';
import { button, dialog, face, icon as iconSheet, note, sheets } from '../../styles/sheets.ts';
import type { BotName } from './history-list.ts';
import '../proposals/proposal-changes.ts';

/** Shows what restoring a bot to a commit would do, and does it: on main, or in a proposal. `cw-close` when it is done or not wanted. */
@customElement('cw-restore')
export class CwRestore extends LitElement {
  static override styles = sheets(iconSheet, button, note, dialog, face);

  @property({ attribute: false }) bot!: BotName;
  @property({ attribute: false }) change!: Change;
  /** The revision that the person sees; null for a bot that main has no more. */
  @property({ attribute: false }) base: string | null = null;
  @state() private busy = false;
  @state() private refusal = '';
  /** What `base` was when the preview was asked for. */
  #seen: string | null = null;
  readonly #preview = new Resource<RestorePreview>(this, (signal) => {
    this.#seen = this.base;
    return previewRestore(this.bot.name, this.#to, signal);
  });

  get #to(): string {
    return this.change.commit ?? '';
  }

  override render(): TemplateResult {
    const { message, author, at } = this.change;
    const isReady = (this.#preview.value?.files.length ?? 0) > 0 && this.#preview.error === null;
    return html`<cw-dialog heading="Restore ${this.bot.display_name}" wide @cw-close=${this.#close}>
      <div class="dialog__body">
        <p class="soft">
          To ${commitLink(this.#to)}, ${subjectOf(message, this.bot)}, by ${author}, ${time(at, exactTime(at))}. It
          becomes a new commit; nothing is taken out of the history.
        </p>
        ${refusalNote(this.refusal)} ${faces(this.#preview, 'what it would do', (preview) => this.#ready(preview))}
      </div>
      <div slot="foot" class="dialog__foot">
        <span class="push"></span>
        <button class="btn btn--quiet" type="button" autofocus @click=${this.#close}>Cancel</button>
        ${saveButtons({
          label: 'Restore',
          isReady,
          busy: this.busy,
          save: this.#restore,
          propose: this.#propose,
        })}
      </div>
    </cw-dialog>`;
  }

  #ready({ files, notes, effect }: RestorePreview): TemplateResult {
    if (files.length === 0) return html`<p class="muted">Main has all of it already: there is nothing to restore.</p>`;
    return html`<div class="note">
        ${icon('info')}
        <ul>
          ${notes.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>
      </div>
      <cw-proposal-changes lead="Restoring" .effect=${effect} .sources=${files}></cw-proposal-changes>`;
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('cw-close'));
  };

  readonly #propose = (): void => {
    const { name } = this.bot;
    const [to, base] = [this.#to, this.#seen];
    proposing.ask({
      title: this.#preview.value?.message ?? `Restore ${name}`,
      names: [name],
      write: (target) => restoreInstance(name, to, base, target),
      done: this.#close,
    });
  };

  readonly #restore = async (): Promise<void> => {
    this.busy = true;
    this.refusal = '';
    const { name, display_name } = this.bot;
    try {
      const { value } = await restoreInstance(name, this.#to, this.#seen);
      store.put(value);
      writes.follow(`Restore ${display_name}`, [name]);
      this.#close();
      router.go(`instances/${name}`);
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
      // Main may be another one by now.
      this.#preview.reload();
    } finally {
      this.busy = false;
    }
  };
}
