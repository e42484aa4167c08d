import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Removals } from '../../../../server/http/schemas/removals.ts';
import { Selected } from '../../common/controllers.ts';
import { refusalNote } from '../../common/faces.ts';
import { commitLink } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { approveRemovals } from '../../data/endpoints.ts';
import { count } from '../../data/words/format.ts';
import { fateWords, isAsked } from '../../data/words/removal-words.ts';
import '../../elements/dialog.ts';
import { icon } from '../../elements/icon.ts';
import { store } from '../../services.ts';
import { button, dialog, form, icon as iconSheet, note, sheets } from '../../styles/sheets.ts';

/**
 * Asks before bots go that are more than the budget, or data that was kept: which, and what becomes of their data. What
 * was shown is what is approved, so a list that changes meanwhile asks anew. `cw-close` when done.
 */
@customElement('cw-approve-removals')
export class CwApproveRemovals extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, note, form, dialog),
    css`
      .bot {
        display: flex;
        justify-content: space-between;
        gap: var(--s-4);
        padding-block: var(--s-2);
        border-block-end: 1px solid var(--line);
        overflow-wrap: anywhere;
      }
    `,
  ];

  readonly #fleet = new Selected(this, () => store.fleet);
  @state() private typed = '';
  @state() private typedFor = '';
  @state() private busy = false;
  @state() private refusal = '';

  override render(): TemplateResult {
    const removals = this.#fleet.value?.removals ?? null;
    return html`<cw-dialog heading="Remove these bots?" @cw-close=${this.#close}>
      <div class="dialog__body">
        ${refusalNote(this.refusal)}
        ${
          typeof removals?.hash !== 'string'
            ? html`<p>Nothing waits for an approval any more.</p>`
            : this.#list(removals, removals.hash)
        }
      </div>
      <div slot="foot" class="dialog__foot">
        <span class="push"></span>
        <button class="btn" type="button" autofocus @click=${this.#close}>Cancel</button>
        <button
          class="btn btn--danger"
          type="button"
          aria-disabled=${removals !== null && this.#isReady(removals) ? nothing : 'true'}
          aria-describedby="left"
          @click=${() => void this.#approve(removals)}
        >
          ${icon('trash')}${this.busy ? 'Approving' : 'Approve the removal'}
        </button>
      </div>
    </cw-dialog>`;
  }

  #list(removals: Removals, hash: string): TemplateResult {
    const asked = removals.bots.filter(isAsked);
    const number = String(asked.length);
    return html`<p class="soft">
        Commit ${commitLink(removals.commit)} removes ${count(removals.count, 'bot')}; one step of main may remove
        ${removals.limit} without an approval. None of these is touched before you approve. To keep them, take their
        tombstones back by a commit.
      </p>
      <ul>
        ${asked.map((bot) => html`<li class="bot"><code>${bot.name}</code><span class="small">${fateWords(bot)}</span></li>`)}
      </ul>
      <div class="field">
        <label class="field__label" for="number">Type <code>${number}</code>, how many these are, to approve</label>
        <input
          class="input input--mono"
          id="number"
          autocomplete="off"
          inputmode="numeric"
          aria-describedby="left"
          .value=${this.typedFor === hash ? this.typed : ''}
          @input=${(event: InputEvent) => {
            this.typed = (event.target as HTMLInputElement).value;
            this.typedFor = hash;
          }}
        />
        <p class="field__hint" id="left" aria-live="polite">
          ${this.#isReady(removals) ? 'The number is right.' : `The number of bots in the list: ${number}.`}
        </p>
      </div>`;
  }

  #isReady({ hash, bots }: Removals): boolean {
    return hash !== null && this.typedFor === hash && this.typed.trim() === String(bots.filter(isAsked).length);
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('cw-close'));
  };

  async #approve(removals: Removals | null): Promise<void> {
    if (this.busy || typeof removals?.hash !== 'string' || !this.#isReady(removals)) return;
    this.busy = true;
    this.refusal = '';
    try {
      await approveRemovals(removals.commit, removals.hash);
      this.#close();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }
}
