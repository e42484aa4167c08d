import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { refusalNote } from '../../common/faces.ts';
import type { Proposal, ProposalChoice, ProposalConflict } from '../../../../server/http/schemas/proposals.ts';
import { badge } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { resolveProposal } from '../../data/endpoints.ts';
import { count } from '../../data/words/format.ts';
import { conflictTitle, valueWords } from '../../data/words/proposal-words.ts';
import { button, form, icon as iconSheet, note, panel, sheets, status } from '../../styles/sheets.ts';

type Take = 'main' | 'proposal';
const keyOf = ({ unit, field }: ProposalConflict): string => `${unit}\n${field}`;

/** Fields that main and a proposal both changed: both values, a choice for each, one commit on the branch. */
@customElement('cw-proposal-conflicts')
export class CwProposalConflicts extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, panel, note, form),
    css`
      .option {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) proposal!: Proposal;
  @state() private taken: ReadonlyMap<string, Take> = new Map();
  @state() private busy = false;
  @state() private refusal = '';

  override render(): TemplateResult | typeof nothing {
    const { conflicts, author } = this.proposal;
    if (conflicts.length === 0) return nothing;
    const left = conflicts.filter((conflict) => !this.taken.has(keyOf(conflict))).length;
    return html`<section class="panel" aria-labelledby="conflicts">
      <header class="panel__head">
        <h2 id="conflicts">Conflict with main</h2>
        ${badge('warn', count(conflicts.length, 'field'), 'warn')}
      </header>
      <div class="panel__body">
        <p class="soft">Main moved while this was open. Both values are kept until you choose.</p>
        ${conflicts.map((conflict) => this.#conflict(conflict, author))} ${refusalNote(this.refusal)}
      </div>
      <footer class="panel__foot">
        <span id="left"
          >${left === 0 ? 'The choice becomes a commit on the branch.' : `${count(left, 'field')} to choose.`}</span
        >
        <span class="push"></span>
        <button
          class="btn"
          type="button"
          aria-disabled=${left === 0 && !this.busy ? nothing : 'true'}
          aria-describedby="left"
          @click=${() => void this.#resolve(left)}
        >
          ${conflicts.length === 1 ? 'Use this value' : 'Use these values'}
        </button>
      </footer>
    </section>`;
  }

  #conflict(conflict: ProposalConflict, author: string): TemplateResult {
    const key = keyOf(conflict);
    const option = (take: Take, value: unknown, who: string): TemplateResult =>
      html`<label class="option"
        ><input
          type="radio"
          name=${key}
          .checked=${this.taken.get(key) === take}
          @change=${() => (this.taken = new Map(this.taken).set(key, take))}
        /><span class="strong">${conflict.field === '' && value !== null ? 'keep it' : valueWords(value)}</span
        ><span class="muted small">${who}</span></label
      >`;
    return html`<fieldset class="stack">
      <legend class="field__label">${conflictTitle(conflict)}</legend>
      <div class="grid-2">
        ${option('main', conflict.main, 'main now')}
        ${option('proposal', conflict.proposal, `this proposal, ${author}`)}
      </div>
      ${
        conflict.field === ''
          ? nothing
          : html`<p class="muted small">Both started from ${valueWords(conflict.base)}.</p>`
      }
    </fieldset>`;
  }

  async #resolve(left: number): Promise<void> {
    if (this.busy || left > 0) return;
    this.busy = true;
    this.refusal = '';
    const choices: ProposalChoice[] = this.proposal.conflicts.map((conflict) => ({
      unit: conflict.unit,
      field: conflict.field,
      take: this.taken.get(keyOf(conflict)) ?? 'main',
    }));
    try {
      await resolveProposal(this.proposal.number, choices);
      this.taken = new Map();
      this.dispatchEvent(new CustomEvent('cw-changed'));
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }
}
