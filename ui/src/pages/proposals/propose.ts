import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { refusalNote } from '../../common/faces.ts';
import { live } from 'lit/directives/live.js';
import type { Proposal } from '../../../../server/http/schemas/proposals.ts';
import { textField } from '../../common/field.ts';
import { Resource } from '../../common/resource.ts';
import { ApiError } from '../../data/api.ts';
import { closeProposal, listProposals, openProposal } from '../../data/endpoints.ts';
import { count } from '../../data/words/format.ts';
import type { ProposedWrite } from '../../data/forms/proposing.ts';
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
  /** Both changed a field: the values are shown, and which one holds is the person's to say. */
  @state() private both: ApiError | null = null;
  @state() private busy = false;
  readonly #open = new Resource<readonly Proposal[]>(this, async (signal) =>
    (await listProposals(signal)).filter(({ state: word }) => word === 'open'),
  );

  override render(): TemplateResult {
    const isReady = this.goal !== 'new' || this.#title.trim() !== '';
    return html`<cw-dialog heading="Propose" @cw-close=${this.#close}>
      <form class="dialog__body" @submit=${this.#submit}>
        <p class="soft">
          The edit goes to a branch, where it can be looked at. Main and the bots stay as they are until it is merged.
        </p>
        ${refusalNote(this.refusal)} ${this.both === null ? nothing : this.#bothNote(this.both)} ${this.#goals()}
        ${
          this.goal === 'new'
            ? textField({
                id: 'title',
                label: 'Title',
                value: this.#title,
                autofocus: true,
                error: isReady ? undefined : 'A proposal needs a title.',
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
      this.both = null;
    };
    return html`<label class="option"
      ><input type="radio" name="goal" .checked=${live(this.goal === goal)} @change=${choose} /><span class="strong"
        >${title}</span
      ><span class="muted small">${text}</span></label
    >`;
  }

  #bothNote({ body, field = '' }: ApiError): TemplateResult {
    const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
    return html`<div class="note" data-tone="bad" role="alert">
      ${icon('y-failed')}
      <p>The proposal changes <code>${field || 'this'}</code> already.</p>
      <dl class="facts">
        <dt>There</dt>
        <dd><code>${shown(body.theirs)}</code></dd>
        <dt>Yours</dt>
        <dd><code>${shown(body.mine)}</code></dd>
      </dl>
      ${
        this.wish.onTop === undefined
          ? nothing
          : html`<div class="row-wrap">
              <button class="btn" type="button" @click=${() => void this.#send(true)}>Put mine on top</button>
            </div>`
      }
    </div>`;
  }

  readonly #close = (): void => {
    if (!this.busy) proposing.end();
  };

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    void this.#send(false);
  };

  async #send(isOnTop: boolean): Promise<void> {
    if (this.busy || (this.goal === 'new' && this.#title.trim() === '')) return;
    this.busy = true;
    this.refusal = '';
    this.both = null;
    const { wish } = this;
    let opened: Proposal | undefined;
    try {
      if (this.goal === 'new') opened = await openProposal(this.#title.trim());
      const into = opened ?? (this.#open.value ?? []).find(({ number }) => number === this.goal);
      if (into === undefined) return;
      if (isOnTop && wish.onTop !== undefined && into.head !== null) await wish.onTop(into.number, into.head);
      else await wish.write(into.number);
      opened = undefined;
      wish.done();
      writes.proposed(wish.title, wish.names, into);
      proposing.end();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'conflict' && 'theirs' in error.body) this.both = error;
      else this.refusal = error instanceof ApiError ? error.message : String(error);
      // It has nothing, and would stand in everybody's list.
      if (opened !== undefined) await closeProposal(opened.number).catch(() => undefined);
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-propose': CwPropose;
  }
}
