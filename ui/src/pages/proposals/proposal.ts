import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Proposal, ProposalPage } from '../../../../server/http/schemas/proposals.ts';
import { Listening, Ticking } from '../../common/controllers.ts';
import { faces, refusalNote } from '../../common/faces.ts';
import { Resource } from '../../common/resource.ts';
import { commitLink, time, word } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import {
  closeProposal,
  listProposals,
  mergeProposal,
  readProposal,
  reopenProposal,
  takeKeyOut,
  updateProposal,
} from '../../data/endpoints.ts';
import { ageOf, count } from '../../data/words/format.ts';
import { CHECK_WORDS, KEY_WORDS, keyTitle, PROPOSAL_WORDS, REVIEW_WORDS } from '../../data/words/proposal-words.ts';
import { icon } from '../../elements/icon.ts';
import '../../elements/page.ts';
import { store } from '../../services.ts';
import { button, face, frame, icon as iconSheet, layout, note, panel, sheets, status } from '../../styles/sheets.ts';
import './proposal-changes.ts';
import './proposal-conflicts.ts';

/** One proposal: what it would do, what stands in its way, and what a person can do about it. */
@customElement('cw-proposal')
export class CwProposal extends LitElement {
  static override styles = sheets(iconSheet, status, button, frame, layout, panel, note, face);

  @property({ type: Number }) number = 0;
  @state() private busy = false;
  @state() private refusal = '';
  readonly #page = new Resource<ProposalPage>(this, (signal) => readProposal(this.number, signal));
  readonly #all = new Resource<readonly Proposal[]>(this, (signal) => listProposals(signal));
  readonly #clock = new Ticking(this, 30_000);

  constructor() {
    super();
    new Listening(this, store, 'proposal', () => this.#reload());
    new Listening(this, store, 'activity', () => this.#reload());
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get('number')) {
      this.#page.reset();
      this.refusal = '';
    }
  }

  override render(): TemplateResult {
    const title = this.#page.value?.proposal.title;
    const heading = title === undefined ? `#${this.number}` : `#${this.number} ${title}`;
    document.title = `Proposal ${this.number} · OpenClaw Orchestrator`;
    return html`<cw-page crumbs parent="proposals" parentTitle="Proposals" .heading=${heading}>
      ${faces(this.#page, 'the proposal', (page) => this.#ready(page))}
    </cw-page>`;
  }

  #ready({ proposal, effect, keys }: ProposalPage): TemplateResult {
    return html`${this.#head(proposal)} ${refusalNote(this.refusal)}
      <div class="cols cols--side">
        <div class="stack-lg">
          ${proposal.description === '' ? nothing : html`<p class="soft">${proposal.description}</p>`}
          <cw-proposal-conflicts .proposal=${proposal} @cw-changed=${() => this.#reload()}></cw-proposal-conflicts>
          ${
            effect === null
              ? proposal.state === 'open'
                ? html`<p class="muted">What it would do is shown here as soon as an edit is in it.</p>`
                : nothing
              : html`<cw-proposal-changes .effect=${effect}></cw-proposal-changes>`
          }
          ${this.#edits(proposal)}
        </div>
        <div class="stack-lg">
          ${this.#keys(proposal.number, keys)} ${this.#checks(proposal)} ${this.#reviews(proposal)}
          ${this.#others(proposal)}
        </div>
      </div>`;
  }

  #head(proposal: Proposal): TemplateResult {
    const { state, author, branch, opened_at, merged_as } = proposal;
    const why = html`${time(opened_at, `${ageOf(opened_at, this.#clock.now)} ago`)} by ${author}, branch ${branch}`;
    return html`<div class="page__head">
      <div class="page__title">
        ${word(PROPOSAL_WORDS[state], why)} ${merged_as === null ? nothing : html`as ${commitLink(merged_as)}`}
      </div>
      <div class="page__actions">${this.#acts(proposal)}</div>
    </div>`;
  }

  #acts(proposal: Proposal): unknown {
    const { number, state, forge, behind, conflicts, may_merge: mayMerge, waits_for: waitsFor } = proposal;
    const atForge =
      forge === null
        ? nothing
        : html`<a class="btn" href=${forge.url} target="_blank" rel="noreferrer"
            >${icon('window')}Open at the forge, #${forge.number}</a
          >`;
    if (state === 'merged') return atForge;
    if (state === 'closed') return html`${atForge} ${this.#button('Open again', () => reopenProposal(number))}`;
    const missing = conflicts.length > 0 ? `${count(conflicts.length, 'field')} to settle before merging` : waitsFor;
    return html`<span class="muted small" id="waits" role="status">${missing}</span>
      ${this.#button('Close', () => closeProposal(number), 'btn btn--quiet')}
      ${behind === 0 || conflicts.length > 0 ? nothing : this.#button('Update', () => updateProposal(number))}
      ${atForge}
      <button
        class=${mayMerge ? 'btn btn--primary' : 'btn'}
        type="button"
        aria-disabled=${mayMerge && !this.busy ? nothing : 'true'}
        aria-describedby="waits"
        @click=${() => (mayMerge ? void this.#do(() => mergeProposal(number)) : undefined)}
      >
        ${icon('proposal')}Merge into main
      </button>`;
  }

  #button(title: string, act: () => Promise<unknown>, classes = 'btn'): TemplateResult {
    return html`<button
      class=${classes}
      type="button"
      aria-disabled=${this.busy ? 'true' : nothing}
      @click=${() => void this.#do(act)}
    >
      ${title}
    </button>`;
  }

  #edits({ edits }: Proposal): TemplateResult | typeof nothing {
    if (edits.length === 0) return nothing;
    return html`<section class="panel" aria-labelledby="edits">
      <header class="panel__head"><h2 id="edits">Edits</h2></header>
      <ul class="items">
        ${edits.map(
          ({ message, author, at, state }) =>
            html`<li>
              <span class="grow">${message}</span>
              <span class="muted small"
                >${author},
                ${time(at, `${ageOf(at, this.#clock.now)} ago`)}${state === 'proposed' ? nothing : `, ${state}`}</span
              >
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #keys(number: number, keys: ProposalPage['keys']): TemplateResult | typeof nothing {
    if (keys.length === 0) return nothing;
    return html`<section class="panel" aria-labelledby="keys">
      <header class="panel__head"><h2 id="keys">API keys</h2></header>
      <ul class="items">
        ${keys.map((key) => {
          const name = keyTitle(key);
          return html`<li class="tall">
            <div class="stack grow">
              <span>${name}</span>
              <span class="muted small">${KEY_WORDS[key.what]}</span>
            </div>
            <button
              class="btn btn--quiet"
              type="button"
              aria-label=${`Take ${name} out`}
              aria-disabled=${this.busy ? 'true' : nothing}
              @click=${() => void this.#do(() => takeKeyOut(number, key))}
            >
              Take out
            </button>
          </li>`;
        })}
      </ul>
    </section>`;
  }

  #checks({ checks }: Proposal): TemplateResult | typeof nothing {
    if (checks.length === 0) return nothing;
    return html`<section class="panel" aria-labelledby="checks">
      <header class="panel__head"><h2 id="checks">Checks</h2></header>
      <ul class="items">
        ${checks.map(({ name, state, detail, url }) => {
          const title = url === null ? name : html`<a href=${url} target="_blank" rel="noreferrer">${name}</a>`;
          return html`<li class="tall">
            <div>
              ${word({ ...CHECK_WORDS[state], word: `${CHECK_WORDS[state].word}:` })} ${title}
              <div class="muted small">${detail}</div>
            </div>
          </li>`;
        })}
      </ul>
    </section>`;
  }

  #reviews({ reviews }: Proposal): TemplateResult | typeof nothing {
    if (reviews.length === 0) return nothing;
    return html`<section class="panel" aria-labelledby="reviews">
      <header class="panel__head"><h2 id="reviews">Reviews</h2></header>
      <ul class="items">
        ${reviews.map(
          ({ by, state, at }) =>
            html`<li>
              ${by} <span class="push"></span
              ><span class="muted small"
                >${REVIEW_WORDS[state]}${at === null ? nothing : html`, ${time(at, `${ageOf(at, this.#clock.now)} ago`)}`}</span
              >
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #others({ number }: Proposal): TemplateResult | typeof nothing {
    const open = (this.#all.value ?? []).filter((one) => one.state === 'open');
    if (open.length === 0) return nothing;
    return html`<section class="panel" aria-labelledby="open">
      <header class="panel__head"><h2 id="open">Open proposals</h2></header>
      <ul class="items">
        ${open.map(
          (one) =>
            html`<li>
              <a class="grow" href="proposals/${one.number}" aria-current=${one.number === number ? 'page' : nothing}
                >${one.title}</a
              ><span class="muted">#${one.number}</span>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #reload(): void {
    this.#page.reload();
    this.#all.reload();
  }

  async #do(act: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refusal = '';
    try {
      await act();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
      this.#reload();
    }
  }
}
