import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Rewind } from '../../../../server/http/schemas/rewind.ts';
import { Selected } from '../../common/controllers.ts';
import { refusalNote } from '../../common/faces.ts';
import { withCode } from '../../common/with-code.ts';
import { commitLink } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { acceptRewind } from '../../data/endpoints.ts';
import '../../elements/dialog.ts';
import { icon } from '../../elements/icon.ts';
import { store } from '../../services.ts';
import { button, dialog, face, icon as iconSheet, note, sheets } from '../../styles/sheets.ts';

/**
 * Asks whether main counts although it doesn't come after what the cluster runs: both commits, and what follows. What was
 * shown is what is accepted. `cw-close` when done.
 */
@customElement('cw-accept-rewind')
export class CwAcceptRewind extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, note, face, dialog),
    css`
      dd {
        overflow-wrap: anywhere;
      }
    `,
  ];

  readonly #fleet = new Selected(this, () => store.fleet);
  @state() private busy = false;
  @state() private refusal = '';

  override render(): TemplateResult {
    const rewind = this.#fleet.value?.rewind ?? null;
    return html`<cw-dialog heading="Let main count for this cluster?" @cw-close=${this.#close}>
      <div class="dialog__body">
        ${refusalNote(this.refusal)}
        ${
          rewind === null
            ? html`<p>Main follows what the cluster runs again; nothing has to be accepted.</p>`
            : this.#standing(rewind)
        }
      </div>
      <div slot="foot" class="dialog__foot">
        <span class="push"></span>
        <button class="btn" type="button" autofocus @click=${this.#close}>
          ${rewind === null ? 'Close' : 'Cancel'}
        </button>
        ${
          rewind === null
            ? nothing
            : html`<button
                class="btn btn--danger"
                type="button"
                aria-disabled=${this.busy ? 'true' : nothing}
                @click=${() => void this.#accept(rewind)}
              >
                ${icon('commit')}${this.busy ? 'Accepting' : 'Let main count'}
              </button>`
        }
      </div>
    </cw-dialog>`;
  }

  #standing({ commit, last, reason }: Rewind): TemplateResult {
    const waiting = this.#fleet.value?.leaving.map(({ name }) => name) ?? [];
    return html`<p>Nothing is removed, as ${withCode(`${reason}.`)}</p>
      <dl class="facts">
        <dt>Main</dt>
        <dd>${commitLink(commit)}</dd>
        <dt>The cluster was brought to</dt>
        <dd>${last === null ? 'no commit that it names' : html`<code title=${last}>${last.slice(0, 7)}</code>`}</dd>
      </dl>
      <p class="soft">
        Once main counts, bots with a tombstone on it are removed, within the removal budget, and what lives of bots
        that are on it is overwritten with what it says. Bots that are on neither stay and are shown as not explained.
      </p>
      ${
        waiting.length === 0
          ? nothing
          : html`<p>Removed then: ${waiting.map((name, at) => html`${at === 0 ? '' : ', '}<code>${name}</code>`)}.</p>`
      }`;
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('cw-close'));
  };

  async #accept({ commit, last }: Rewind): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refusal = '';
    try {
      await acceptRewind(commit, last);
      this.#close();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }
}
