import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { refusalNote } from '../../common/faces.ts';
import type { Proposal, ProposalChoice, ProposalConflict } from '../../../../server/http/schemas/proposals.ts';
import { isLong, twoValues } from '../../common/two-values.ts';
import { badge } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { resolveProposal } from '../../data/endpoints.ts';
import { count } from '../../data/words/format.ts';
import { conflictTitle, valueWords } from '../../data/words/proposal-words.ts';
import { button, form, icon as iconSheet, note, panel, sheets, status } from '../../styles/sheets.ts';

type Take = 'main' | 'proposal' | 'value';

/** A value that a person can type: a text or a number, and no file. */
function isTyped({ whole, main, proposal }: ProposalConflict): boolean {
  const kinds = [main, proposal].filter((value) => value !== null).map((value) => typeof value);
  return !whole && kinds.every((kind) => kind === 'string' || kind === 'number');
}

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? `${value}` : '');
/** `main now, Ada in 1a2b3c4`. */
const byWords = (side: string, by: { readonly author: string; readonly commit?: string } | null): string =>
  by === null ? side : `${side}, ${by.author}${by.commit === undefined ? '' : ` in ${by.commit.slice(0, 7)}`}`;
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
  /** Values that were typed, as text. */
  @state() private typed: ReadonlyMap<string, string> = new Map();
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
    const choose = (take: Take): void => void (this.taken = new Map(this.taken).set(key, take));
    return twoValues<Take>({
      id: key,
      legend: conflictTitle(conflict),
      options: [
        { take: 'main', value: conflict.main, who: byWords('main now', conflict.main_by) },
        {
          take: 'proposal',
          value: conflict.proposal,
          who: byWords('this proposal', conflict.proposal_by ?? { author }),
        },
      ],
      taken: this.taken.get(key),
      isWhole: conflict.field === '',
      choose,
      below: [
        this.#another(conflict, key, choose),
        conflict.field === '' || isLong(conflict.base)
          ? nothing
          : html`<p class="muted small">
              ${conflict.base === null ? 'It was not set before.' : `Both started from ${valueWords(conflict.base)}.`}
            </p>`,
      ],
    });
  }

  #another(conflict: ProposalConflict, key: string, choose: (take: Take) => void): unknown {
    if (!isTyped(conflict)) return nothing;
    const text = this.typed.get(key) ?? textOf(conflict.proposal ?? conflict.main);
    const isTaken = this.taken.get(key) === 'value';
    const input = (event: InputEvent): void => {
      this.typed = new Map(this.typed).set(key, (event.target as HTMLInputElement | HTMLTextAreaElement).value);
    };
    const label = `Another value of ${conflictTitle(conflict)}`;
    return html`<label class="option"
        ><input type="radio" name=${key} .checked=${live(isTaken)} @change=${() => choose('value')} /><span
          class="strong"
          >Another value</span
        ></label
      >
      ${
        !isTaken
          ? nothing
          : isLong(conflict.main) || isLong(conflict.proposal)
            ? html`<textarea
                class="input input--mono"
                rows="12"
                spellcheck="false"
                aria-label=${label}
                .value=${live(text)}
                @input=${input}
              ></textarea>`
            : html`<input
                class="input input--mono"
                autocomplete="off"
                spellcheck="false"
                aria-label=${label}
                .value=${live(text)}
                @input=${input}
              />`
      }`;
  }

  #choiceOf(conflict: ProposalConflict): ProposalChoice {
    const { unit, field, main, proposal } = conflict;
    const key = keyOf(conflict);
    const take = this.taken.get(key) ?? 'main';
    if (take !== 'value') return { unit, field, take };
    const text = this.typed.get(key) ?? textOf(proposal ?? main);
    const isNumber = [main, proposal].some((value) => typeof value === 'number') && /^-?\d+$/.test(text.trim());
    return { unit, field, take, value: isNumber ? Number(text) : text };
  }

  async #resolve(left: number): Promise<void> {
    if (this.busy || left > 0) return;
    this.busy = true;
    this.refusal = '';
    const choices = this.proposal.conflicts.map((conflict) => this.#choiceOf(conflict));
    try {
      await resolveProposal(this.proposal.number, choices);
      this.taken = new Map();
      this.typed = new Map();
      this.dispatchEvent(new CustomEvent('cw-changed'));
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }
}
