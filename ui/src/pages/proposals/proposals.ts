import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ForkPulls, Proposal } from '../../../../server/http/schemas/proposals.ts';
import { Listening, Ticking } from '../../common/controllers.ts';
import { emptyFace, faces } from '../../common/faces.ts';
import { Resource } from '../../common/resource.ts';
import { badge, commitLink, time, word } from '../../common/word-marks.ts';
import { listForkPulls, listProposals } from '../../data/endpoints.ts';
import { ageOf, count } from '../../data/words/format.ts';
import { PROPOSAL_WORDS } from '../../data/words/proposal-words.ts';
import type { Route } from '../../data/router.ts';
import '../../elements/page.ts';
import { router, store } from '../../services.ts';
import {
  button,
  face,
  feed,
  filters,
  frame,
  icon as iconSheet,
  note,
  panel,
  sheets,
  status,
} from '../../styles/sheets.ts';

const STATES = ['open', 'merged', 'closed'] as const;

/** Every proposal, by its state; open ones first. */
@customElement('cw-proposals')
export class CwProposals extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, frame, filters, panel, note, feed, face),
    css`
      .tall {
        flex-wrap: wrap;
      }
      .tall > .status {
        flex: none;
      }
      .tall > .grow {
        flex: 1 1 12rem;
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) route!: Route;
  readonly #proposals = new Resource<readonly Proposal[]>(this, (signal) => listProposals(signal));
  readonly #forks = new Resource<ForkPulls>(this, (signal) => listForkPulls(signal));
  readonly #clock = new Ticking(this, 30_000);

  constructor() {
    super();
    new Listening(this, store, 'proposal', () => {
      this.#proposals.reload();
      this.#forks.reload();
    });
    new Listening(this, store, 'activity', () => this.#proposals.reload());
  }

  override render(): TemplateResult {
    document.title = 'Proposals · OpenClaw Orchestrator';
    const shown = STATES.find((state) => state === this.route.search.get('show')) ?? 'open';
    const of = (state: string): readonly Proposal[] =>
      this.#proposals.value?.filter((proposal) => proposal.state === state) ?? [];
    return html`<cw-page heading="Proposals" sub="changes on branches, before they are on main">
      <div class="page__head">
        <div class="filters filters--scroll" role="group" aria-label="State">
          ${STATES.map(
            (state) =>
              html`<button
                class="chip"
                type="button"
                aria-pressed=${state === shown}
                @click=${() => router.go(state === 'open' ? 'proposals' : `proposals?show=${state}`, { replace: true })}
              >
                ${{ open: 'Open', merged: 'Merged', closed: 'Closed' }[state]} ${of(state).length}
              </button>`,
          )}
        </div>
      </div>
      ${faces(this.#proposals, 'the proposals', () => this.#list(of(shown), shown))}
      ${shown === 'open' ? this.#ofForks(this.#forks.value ?? []) : nothing}
    </cw-page>`;
  }

  #ofForks(pulls: ForkPulls): TemplateResult | typeof nothing {
    if (pulls.length === 0) return nothing;
    return html`<section class="panel" aria-labelledby="forks">
      <header class="panel__head">
        <h2 id="forks">From forks</h2>
        <span class="muted small">looked at and merged at the forge</span>
      </header>
      <ul class="items">
        ${pulls.map(
          ({ number, title, author, branch, url }) =>
            html`<li class="tall">
              <div class="stack grow">
                ${
                  url === ''
                    ? html`<span class="strong">${title} (${number})</span>`
                    : html`<a class="strong" href=${url} target="_blank" rel="noopener noreferrer"
                        >${title} (${number})</a
                      >`
                }
                <span class="muted small">by ${author}, <code>${branch}</code></span>
              </div>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #list(proposals: readonly Proposal[], shown: string): TemplateResult {
    if (proposals.length === 0) {
      return emptyFace(
        'proposal',
        `No ${shown} proposal`,
        shown === 'open'
          ? 'Every branch that is pushed to the instances repo is one; the API opens others.'
          : 'It appears here when there is one.',
      );
    }
    return html`<section class="panel" aria-label="Proposals">
      <ul class="items">
        ${proposals.map((proposal) => this.#row(proposal))}
      </ul>
    </section>`;
  }

  #row({ number, title, author, opened_at, bots, waits_for, merged_as, conflicts, state }: Proposal): TemplateResult {
    const age = `${ageOf(opened_at, this.#clock.now)} ago`;
    return html`<li class="tall">
      ${word(PROPOSAL_WORDS[state])}
      <div class="stack grow">
        <a class="strong" href="proposals/${number}">#${number} ${title}</a>
        <span class="muted small"
          >${time(opened_at, age)} by
          ${author}${bots.length === 0 ? nothing : `, ${count(bots.length, 'bot')}`}${
            waits_for === '' ? nothing : html`. ${waits_for}`
          }</span
        >
      </div>
      ${conflicts.length === 0 ? nothing : badge('warn', count(conflicts.length, 'field'), 'warn')}
      ${merged_as === null ? nothing : commitLink(merged_as)}
    </li>`;
  }
}
