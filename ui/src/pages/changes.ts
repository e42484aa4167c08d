import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Instance } from '../../../server/http/schemas/instance.ts';
import type { Change, Manifests } from '../../../server/http/schemas/answers.ts';
import { Listening, Selected, Ticking } from '../common/controllers.ts';
import { emptyFace, faces } from '../common/faces.ts';
import { isNarrowPage } from '../common/narrow.ts';
import { Resource } from '../common/resource.ts';
import { badge, commitLink, time } from '../common/word-marks.ts';
import { ApiError } from '../data/api.ts';
import { compareTexts, threeColumns } from '../data/compare.ts';
import { discardDraft, readHistory, readManifests } from '../data/endpoints.ts';
import { count, subjectOf, whenOf } from '../data/format.ts';
import { draftWait } from '../data/git-words.ts';
import { countPatches } from '../data/patch.ts';
import type { Route } from '../data/router.ts';
import { stepsOf } from '../data/track.ts';
import '../elements/columns.ts';
import { diffFile } from '../elements/diff.ts';
import { icon } from '../elements/icon.ts';
import type { IconName } from '../elements/icon-paths.ts';
import '../elements/track.ts';
import { router, store } from '../services.ts';
import { button, face, history, icon as iconSheet, note, panel, sheets, status } from '../styles/sheets.ts';

const NODES: Readonly<Record<Change['state'], readonly [state: string, name: IconName]>> = {
  draft: ['draft', 'y-draft'],
  proposed: ['draft', 'proposal'],
  published: ['now', 'y-published'],
  applied: ['done', 's-running'],
  failed: ['bad', 'y-failed'],
  conflict: ['bad', 'y-failed'],
};

/** The open draft of a bot first, then the commits that touched it, each with its patch. */
@customElement('cw-changes')
export class CwChanges extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, panel, note, history, face),
    css`
      :host {
        display: grid;
        gap: var(--s-4);
      }
      .history .row-button {
        display: flex;
        align-items: center;
        gap: 0 var(--s-3);
        flex: 1;
        min-inline-size: 0;
        min-block-size: 1.5rem;
        padding: 0;
        border: 0;
        background: none;
        text-align: start;
      }
      .history .patch {
        position: relative;
        grid-column: 1 / -1;
        margin-block: var(--s-2);
        border: 1px solid var(--line);
        border-radius: var(--r-2);
        overflow: clip;
        background: var(--bg);
      }
      .history .subject {
        flex: none;
        max-inline-size: 60%;
      }
      @container (max-width: 36rem) {
        .history .history__line {
          flex-wrap: nowrap;
        }
        .history .row-button {
          flex: 1;
          flex-wrap: wrap;
        }
        .history .history__tools {
          flex: none;
        }
        .history .subject {
          flex: 1 1 100%;
          max-inline-size: 100%;
        }
      }
    `,
  ];

  @property({ attribute: false }) instance!: Instance;
  @property({ attribute: false }) route!: Route;
  @state() private refusal = '';
  readonly #history = new Resource<readonly Change[]>(this, (signal) => readHistory(this.instance.name, signal));
  readonly #manifests = new Resource<Manifests>(this, (signal) => readManifests(this.instance.name, signal));
  readonly #clock = new Ticking(this, 30_000);
  readonly #wait = new Selected(this, () => draftWait(store.fleet?.git));

  constructor() {
    super();
    new Listening(this, store, 'activity', () => this.#history.reload());
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('instance');
    if (before === undefined) return;
    const isOther = before.name !== this.instance.name;
    for (const resource of [this.#history, this.#manifests]) {
      if (isOther) resource.reset();
      else resource.reload();
    }
  }

  override render(): TemplateResult {
    const drafts = this.#history.value?.filter((change) => change.commit === null) ?? [];
    return html`${this.#drift()} ${drafts.map((draft) => this.#draft(draft))}
      <section class="panel" aria-labelledby="history">
        <header class="panel__head">
          <h2 id="history">History</h2>
          ${
            this.#history.value === undefined
              ? nothing
              : html`<span class="muted small">${count(this.#history.value.length, 'revision')}</span>`
          }
        </header>
        ${faces(this.#history, 'the history', (changes) =>
          changes.length === 0
            ? emptyFace('commit', 'No commit yet', 'The first one appears here by itself.')
            : html`<ol class="history history--tools">
                ${changes.map((change) => this.#entry(change))}
              </ol>`,
        )}
      </section>`;
  }

  #drift(): TemplateResult | typeof nothing {
    const drifted = this.#manifests.value?.objects.filter((object) => object.diff.length > 0) ?? [];
    const fields = drifted.reduce((sum, object) => sum + object.diff.length, 0);
    const [first] = drifted;
    if (first === undefined) return nothing;
    const names = drifted.flatMap((object) => object.diff.map((part) => part.field)).slice(0, 3);
    return html`<div class="note" data-tone="warn">
      ${icon('y-drifted')}
      <p>
        <strong>The cluster differs from main in ${count(fields, 'field')}</strong>
        (${names.map((name, index) => html`${index === 0 ? '' : ', '}<code>${name}</code>`)}).
        <a href=${this.#compareAddress(first)}>Compare</a>
      </p>
    </div>`;
  }

  #compareAddress(object: Manifests['objects'][number]): string {
    const search = new URLSearchParams({ object: `${object.kind}/${object.name}`, version: 'compare' });
    return `instances/${this.instance.name}/manifests?${search.toString()}`;
  }

  #draft(draft: Change): TemplateResult {
    const steps = stepsOf(draft, {
      status: this.instance.status,
      statusReason: this.instance.status_reason,
      hasCluster: store.fleet?.cluster.state === 'connected',
      wait: this.#wait.value,
    });
    const changed = (this.#manifests.value?.objects ?? []).filter(
      (object) => object.draft !== null && object.draft !== object.main,
    );
    return html`<section class="panel" aria-labelledby="draft-${draft.id}">
      <header class="panel__head">
        <h2 id="draft-${draft.id}">Draft: ${subjectOf(draft.message, this.instance)}</h2>
        ${badge('warn', 'not published', 'y-draft')}
        <div class="panel__end">
          <button class="btn btn--quiet" type="button" @click=${this.#discard}>Discard</button>
        </div>
      </header>
      <div class="panel__body">
        <cw-track fold .steps=${steps} label="Way of this draft"></cw-track>
        ${
          draft.state === 'conflict' || draft.state === 'failed'
            ? html`<div class="note" data-tone="bad">
                ${icon('y-failed')}
                <p>${draft.detail}</p>
              </div>`
            : nothing
        }
        ${
          this.refusal === ''
            ? nothing
            : html`<div class="note" data-tone="bad" role="alert">
                ${icon('y-failed')}
                <p>${this.refusal}</p>
              </div>`
        }
      </div>
      ${changed.map((object) => this.#draftDiff(object))}
    </section>`;
  }

  /** Three columns; on a narrow page what the draft changes, in one. */
  #draftDiff(object: Manifests['objects'][number]): TemplateResult {
    const label = `Diff of ${object.kind} ${object.name}`;
    const main = object.main ?? '';
    if (isNarrowPage()) {
      const files = [{ path: object.file ?? `${object.name}.yaml`, rows: compareTexts(main, object.draft ?? '') }];
      return html`<cw-diff .files=${files} label=${label}></cw-diff>`;
    }
    return html`<cw-columns
      .rows=${threeColumns(object.live, main, object.draft)}
      .heads=${[html`${icon('cluster')}Live`, html`${icon('commit')}Git main`, html`${icon('y-draft')}This draft`]}
      path="object.yaml"
      label=${label}
    ></cw-columns>`;
  }

  #entry(change: Change): TemplateResult {
    const [nodeState, name] = NODES[change.state];
    const isOpen = this.route.search.get('commit') === change.id;
    const { added, removed } = countPatches(change.files.map((file) => file.patch));
    const isWhole = change.files.every(({ patch }) => patch !== null);
    const about = [change.author, whenOf(change.at, this.#clock.now)].join(', ');
    const trouble = change.state === 'failed' || change.state === 'conflict' ? `: ${change.detail}` : '';
    return html`<li data-state=${nodeState} ?data-picked=${isOpen}>
      ${icon(name)}
      <div class="history__line">
        <button class="row-button" type="button" aria-expanded=${isOpen} @click=${() => this.#toggle(change, isOpen)}>
          <span class="clip subject" title=${subjectOf(change.message, this.instance)}
            >${subjectOf(change.message, this.instance)}</span
          >
          <span class="muted small clip">${time(change.at, about)}${trouble}</span>
        </button>
        <span class="history__tools"
          ><span class="muted small nowrap hide-narrow">${isWhole ? `+${added} −${removed}` : nothing}</span>${
            change.commit === null ? nothing : commitLink(change.commit)
          }</span
        >
      </div>
      ${
        isOpen
          ? html`<div class="patch">
              <cw-diff
                label="Files of ${subjectOf(change.message, this.instance)}"
                .files=${change.files.map(diffFile)}
              ></cw-diff>
            </div>`
          : nothing
      }
    </li>`;
  }

  #toggle(change: Change, isOpen: boolean): void {
    const address = `instances/${this.instance.name}/changes`;
    router.go(isOpen ? address : `${address}?commit=${encodeURIComponent(change.id)}`, { replace: true });
  }

  readonly #discard = async (): Promise<void> => {
    try {
      await discardDraft(this.instance.name);
      this.refusal = '';
      this.#history.reload();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    }
  };
}
