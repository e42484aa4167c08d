import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { refusalNote } from '../../common/faces.ts';
import { live } from 'lit/directives/live.js';
import type { Proposal } from '../../../../server/http/schemas/proposals.ts';
import { textField } from '../../common/field.ts';
import { twoValues } from '../../common/two-values.ts';
import { Resource } from '../../common/resource.ts';
import { ApiError } from '../../data/api.ts';
import { listProposals } from '../../data/endpoints.ts';
import { count } from '../../data/words/format.ts';
import type { ProposedWrite } from '../../data/forms/proposing.ts';
import { conflictTitle } from '../../data/words/proposal-words.ts';
import '../../elements/dialog.ts';
import { icon } from '../../elements/icon.ts';
import { proposing, writes } from '../../services.ts';
import { button, dialog, form, icon as iconSheet, note, panel, sheets } from '../../styles/sheets.ts';

/** Asks which proposal one edit goes to, and sends it there. What was typed stays in its form until the server has it. */
@customElement('cw-propose')
export class CwPropose extends LitElement {
  static override styles = sheets(iconSheet, button, panel, note, form, dialog);

  @property({ attribute: false }) wish!: ProposedWrite;
  /** Number of an open proposal, or the title of a new one. */
  @state() private goal: number | 'new' = 'new';
  @state() private named: string | null = null;
  @state() private refusal = '';
  /** What the proposal changes already: both values are shown, and which one holds is the person's to say. */
  @state() private both: readonly WriteConflict[] = [];
  @state() private taken: ReadonlyMap<string, Take> = new Map();
  @state() private busy = false;
  readonly #open = new Resource<readonly Proposal[]>(this, async (signal) =>
    (await listProposals(signal)).filter(({ state: word }) => word === 'open'),
  );

  override render(): TemplateResult {
    const isNamed = this.goal !== 'new' || this.#title.trim() !== '';
    const isReady = isNamed && this.both.every(({ choice }) => this.taken.has(choice));
    return html`<cw-dialog heading="Propose" @cw-close=${this.#close}>
      <form class="dialog__body" @submit=${this.#submit}>
        <p class="soft">
          The edit goes to a branch, where it can be looked at. Main and the bots stay as they are until it is merged.
        </p>
        ${refusalNote(this.refusal)} ${this.#conflicts()} ${this.#goals()}
        ${
          this.goal === 'new'
            ? textField({
                id: 'title',
                label: 'Title',
                value: this.#title,
                autofocus: true,
                error: isNamed ? undefined : 'A proposal needs a title.',
                input: (value) => (this.named = value),
              })
            : nothing
        }
      </form>
      <div slot="foot" class="dialog__foot">
        <span class="push"></span>
        <button class="btn btn--quiet" type="button" @click=${this.#close}>Cancel</button>
        <button
          class=${isReady ? 'btn btn--primary' : 'btn'}
          type="button"
          aria-disabled=${isReady && !this.busy ? nothing : 'true'}
          @click=${this.#submit}
        >
          ${icon('proposal')}${this.busy ? 'Proposing' : 'Propose'}
        </button>
      </div>
    </cw-dialog>`;
  }

  get #title(): string {
    return this.named ?? this.wish.title.slice(0, 200);
  }

  #goals(): TemplateResult | typeof nothing {
    const { value, error } = this.#open;
    if (error !== null) return html`<p class="muted small">Open proposals can’t be shown: ${error.message}</p>`;
    if (value === undefined || value.length === 0) return nothing;
    return html`<fieldset class="stack">
      <legend class="field__label">Where it goes</legend>
      ${this.#goal('new', 'A new proposal', 'With a branch of its own.')}
      ${value.map(({ number, title, author, bots }) =>
        this.#goal(
          number,
          `#${number} ${title}`,
          `by ${author}${bots.length === 0 ? '' : `, ${count(bots.length, 'bot')}`}`,
        ),
      )}
    </fieldset>`;
  }

  #goal(goal: number | 'new', title: string, text: string): TemplateResult {
    const choose = (): void => {
      this.goal = goal;
      this.refusal = '';
      this.both = [];
    };
    return html`<label class="option"
      ><input type="radio" name="goal" .checked=${live(this.goal === goal)} @change=${choose} /><span class="strong"
        >${title}</span
      ><span class="muted small">${text}</span></label
    >`;
  }

  #conflicts(): TemplateResult | typeof nothing {
    if (this.both.length === 0) return nothing;
    return html`<section class="note" data-tone="warn" aria-label="Changed there too" role="alert">
      ${icon('y-failed')}
      <div class="stack">
        <p>
          ${this.goal === 'new' ? 'Main' : `Proposal #${this.goal}`} changed ${count(this.both.length, 'field')} of this
          as well. Say which value holds in the proposal.
        </p>
        ${this.both.map(({ unit, field, theirs, mine, choice }) =>
          twoValues<Take>({
            id: choice,
            legend: conflictTitle({ unit, field }),
            options: [
              { take: 'theirs', value: theirs, who: 'there' },
              { take: 'mine', value: mine, who: 'yours' },
            ],
            taken: this.taken.get(choice),
            isWhole: field === '',
            choose: (take) => (this.taken = new Map(this.taken).set(choice, take)),
          }),
        )}
        <p class="muted small">For another value cancel, and change it in the form.</p>
      </div>
    </section>`;
  }

  readonly #close = (): void => {
    if (!this.busy) proposing.end();
  };

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    void this.#send();
  };

  async #send(): Promise<void> {
    const isDecided = this.both.every(({ choice }) => this.taken.has(choice));
    if (this.busy || !isDecided || (this.goal === 'new' && this.#title.trim() === '')) return;
    const { wish, goal } = this;
    const decided = (take: Take) => [...this.taken].filter(([, one]) => one === take).map(([choice]) => choice);
    const target = { mine: decided('mine'), theirs: decided('theirs') };
    this.busy = true;
    this.refusal = '';
    this.both = [];
    try {
      const title = this.#title.trim();
      const { proposal: number } = await wish.write(
        goal === 'new' ? { propose: title, ...target } : { proposal: goal, ...target },
      );
      if (number === null) {
        this.refusal = 'Main has all of this already: there is nothing to propose.';
        return;
      }
      wish.done();
      const there = (this.#open.value ?? []).find((each) => each.number === number);
      writes.proposed(wish.title, wish.names, { number, title: there?.title ?? title });
      proposing.end();
    } catch (error) {
      const conflicts = conflictsOf(error);
      if (conflicts.length > 0) this.both = conflicts;
      else this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }
}

type Take = 'mine' | 'theirs';

/** A field that both changed, as the 409 of a write tells it. */
interface WriteConflict {
  readonly unit: string;
  readonly field: string;
  readonly theirs: unknown;
  readonly mine: unknown;
  readonly choice: string;
}

function conflictsOf(error: unknown): readonly WriteConflict[] {
  if (!(error instanceof ApiError) || error.code !== 'conflict') return [];
  const { conflicts } = error.body;
  return Array.isArray(conflicts) ? (conflicts as readonly WriteConflict[]) : [];
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-propose': CwPropose;
  }
}
