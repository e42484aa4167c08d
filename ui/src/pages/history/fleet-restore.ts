import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Activity } from '../../../../server/http/schemas/answers.ts';
import type { FleetRestorePreview } from '../../../../server/http/schemas/history.ts';
import { Listening, Selected, Ticking } from '../../common/controllers.ts';
import { emptyFace, faces, refusalNote } from '../../common/faces.ts';
import { OlderPages } from '../../common/older-pages.ts';
import { Resource } from '../../common/resource.ts';
import { saveButtons } from '../../common/save-buttons.ts';
import { commitLink, time } from '../../common/word-marks.ts';
import { ApiError, type Answer } from '../../data/api.ts';
import { previewFleetRestore, readActivity, restoreFleet } from '../../data/endpoints.ts';
import type { Route } from '../../data/router.ts';
import { shortCommit, whenOf } from '../../data/words/format.ts';
import { icon } from '../../elements/icon.ts';
import '../../elements/page.ts';
import { proposing, router, store, writes } from '../../services.ts';
import { button, face, form, icon as iconSheet, note, panel, sheets } from '../../styles/sheets.ts';
import '../proposals/proposal-changes.ts';

type Entry = Activity[number];

/** Gives the whole fleet what it had at a revision: which one, what that does to each bot, and then the edit. */
@customElement('cw-fleet-restore')
export class CwFleetRestore extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, panel, form, note, face),
    css`
      .revisions {
        max-block-size: 20rem;
        overflow: auto;
      }
      .revision {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 0 var(--s-3);
        align-items: center;
        padding: var(--s-1) var(--s-4);
        min-block-size: var(--h-row);
      }
      .revision:hover {
        background: var(--bg-hover);
      }
    `,
  ];

  @property({ attribute: false }) route!: Route;
  @state() private busy = false;
  @state() private refusal = '';
  /** The person said that the bots that it names may go. */
  @state() private mayRemove = false;
  readonly #head = new Selected(this, () => store.fleet?.head ?? null);
  readonly #clock = new Ticking(this, 30_000);
  readonly #revisions = new Resource<Answer<Activity>>(this, (signal) => readActivity(signal));
  readonly #older = new OlderPages<Entry>(this, (after) => readActivity(undefined, after));
  readonly #preview = new Resource<FleetRestorePreview | null>(this, async (signal) =>
    this.#to === '' ? null : previewFleetRestore(this.#to, signal),
  );

  constructor() {
    super();
    // What it would do is told of main as it is.
    new Listening(this, store, 'activity', () => {
      this.#revisions.reload();
      this.#preview.reload();
    });
  }

  get #to(): string {
    return this.route.search.get('to') ?? '';
  }

  override willUpdate(changed: PropertyValues<this>): void {
    document.title = 'Restore the fleet · OpenClaw Orchestrator';
    const before = changed.get('route');
    if (before === undefined || before.search.get('to') === this.route.search.get('to')) return;
    this.refusal = '';
    this.mayRemove = false;
    this.#preview.reset();
  }

  override render(): TemplateResult {
    return html`<cw-page crumbs parent="activity" parentTitle="Activity" heading="Restore the fleet">
      <section class="panel" aria-labelledby="revision">
        <header class="panel__head"><h2 id="revision">Revision</h2></header>
        ${faces(this.#revisions, 'the revisions', ({ value, next }) => this.#choice(this.#older.behind(value), next))}
      </section>
      ${
        this.#to === ''
          ? nothing
          : faces(this.#preview, 'what it would do', (preview) => (preview === null ? nothing : this.#ready(preview)))
      }
    </cw-page>`;
  }

  #choice(entries: readonly Entry[], next: string | null): TemplateResult {
    const commits = entries.flatMap((entry) => (entry.commit === null ? [] : [{ ...entry, commit: entry.commit }]));
    if (commits.length === 0 && next === null) {
      return emptyFace('commit', 'No commit yet', 'There is nothing to go back to.');
    }
    const isListed = this.#to === '' || commits.some(({ commit }) => commit.startsWith(this.#to));
    return html`<div class="revisions" role="radiogroup" aria-label="Revision to go back to">
        ${isListed ? nothing : html`<p class="revision"><span></span>An older one ${commitLink(this.#to)}</p>`}
        ${commits.map((entry) => this.#revision(entry))}
      </div>
      <footer class="panel__foot">
        <span>Every bot gets the record that it had then, as one new commit. Nothing is taken out of the history.</span>
        ${this.#older.button(next)}
      </footer>`;
  }

  #revision({ commit, message, actor, at }: Entry & { readonly commit: string }): TemplateResult {
    const [subject = ''] = message.split('\n');
    const isHead = commit === this.#head.value;
    return html`<label class="revision"
      ><input
        type="radio"
        name="revision"
        .checked=${this.#to !== '' && commit.startsWith(this.#to)}
        ?disabled=${isHead}
        @change=${() => router.go(`restore?to=${commit}`, { replace: true })}
      /><span
        >${subject}
        <span class="muted small"
          >${actor}, ${time(at, whenOf(at, this.#clock.now))}${isHead ? ', what main is now' : nothing}</span
        ></span
      >${commitLink(commit)}</label
    >`;
  }

  #ready(preview: FleetRestorePreview): TemplateResult {
    const { files, notes, effect, removes } = preview;
    if (files.length === 0) return html`<p class="muted">Main has all of it already: there is nothing to restore.</p>`;
    const needsWord = removes.length > 0 && !this.mayRemove;
    return html`${this.#stays(notes)} ${removes.length === 0 ? nothing : this.#removal(removes)}
      <cw-proposal-changes lead="Restoring" .effect=${effect} .sources=${files}></cw-proposal-changes>
      ${refusalNote(this.refusal)}
      <div class="row-wrap">
        ${saveButtons({
          label: 'Restore the fleet',
          isReady: !needsWord && this.#preview.error === null,
          busy: this.busy,
          ...(needsWord ? { describedBy: 'removal' } : {}),
          save: () => this.#restore(preview),
          propose: () => this.#propose(preview),
        })}
      </div>`;
  }

  #stays(notes: readonly string[]): TemplateResult {
    return html`<section class="panel" aria-labelledby="stays">
      <header class="panel__head"><h2 id="stays">What does not come back</h2></header>
      <div class="panel__body">
        <ul>
          ${notes.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>
      </div>
    </section>`;
  }

  #removal(removes: readonly string[]): TemplateResult {
    return html`<div class="note" data-tone="warn">
      ${icon('warn')}
      <div id="removal">
        <p>
          ${
            removes.length === 1
              ? 'The revision does not have a bot that main has now. Its volumes are kept, its keys go with it.'
              : `The revision does not have ${removes.length} bots that main has now. Their volumes are kept, their keys go with them.`
          }
        </p>
        <label class="row-wrap"
          ><input
            type="checkbox"
            .checked=${this.mayRemove}
            @change=${(event: Event) => (this.mayRemove = (event.target as HTMLInputElement).checked)}
          /><span>Remove <strong>${removes.join(', ')}</strong></span></label
        >
      </div>
    </div>`;
  }

  readonly #propose = ({ message, removes }: FleetRestorePreview): void => {
    const to = this.#to;
    proposing.ask({
      title: message,
      names: [],
      write: (target) => restoreFleet(to, removes, target),
      done: () => router.go('proposals'),
    });
  };

  readonly #restore = async ({ removes }: FleetRestorePreview): Promise<void> => {
    this.busy = true;
    this.refusal = '';
    try {
      await restoreFleet(this.#to, removes);
      writes.follow(`Restore the fleet to ${shortCommit(this.#to)}`, []);
      router.go('activity');
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
      // Main may be another one by now.
      this.mayRemove = false;
      this.#preview.reload();
    } finally {
      this.busy = false;
    }
  };
}
