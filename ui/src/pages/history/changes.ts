import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import type { Change, Manifests } from '../../../../server/http/schemas/answers.ts';
import { Listening, Selected } from '../../common/controllers.ts';
import { faces, refusalNote } from '../../common/faces.ts';
import { isNarrowPage } from '../../common/narrow.ts';
import { Resource } from '../../common/resource.ts';
import { badge } from '../../common/word-marks.ts';
import { ApiError, type Answer } from '../../data/api.ts';
import { compareTexts, threeColumns } from '../../data/words/compare.ts';
import { discardDraft, readHistory, readManifests } from '../../data/endpoints.ts';
import { count, subjectOf } from '../../data/words/format.ts';
import { draftWait } from '../../data/words/git-words.ts';
import type { Route } from '../../data/router.ts';
import { stepsOf } from '../../data/words/track.ts';
import '../../elements/columns.ts';
import '../../elements/diff.ts';
import { icon } from '../../elements/icon.ts';
import '../../elements/track.ts';
import './history-list.ts';
import { router, store } from '../../services.ts';
import { button, face, icon as iconSheet, note, panel, sheets, status } from '../../styles/sheets.ts';

/** The open draft of a bot first, then the commits that touched it, each with its patch. */
@customElement('cw-changes')
export class CwChanges extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, panel, note, face),
    css`
      :host {
        display: grid;
        gap: var(--s-4);
      }
    `,
  ];

  @property({ attribute: false }) instance!: Instance;
  @property({ attribute: false }) route!: Route;
  @state() private refusal = '';
  @state() private restoring: Change | null = null;
  readonly #history = new Resource<Answer<readonly Change[]>>(this, (signal) =>
    readHistory(this.instance.name, signal),
  );
  readonly #manifests = new Resource<Manifests>(this, (signal) => readManifests(this.instance.name, signal));
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
    const drafts = this.#history.value?.value.filter((change) => change.commit === null) ?? [];
    return html`${this.#drift()} ${drafts.map((draft) => this.#draft(draft))}
    ${faces(
      this.#history,
      'the history',
      ({ value, next }) =>
        html`<cw-history
          .bot=${this.instance}
          .changes=${value}
          .next=${next}
          .opened=${this.route.search.get('commit') ?? ''}
          @cw-open=${(event: CustomEvent<string>) => this.#open(event.detail)}
          @cw-restore=${(event: CustomEvent<Change>) => this.#restore(event.detail)}
        ></cw-history>`,
    )}
    ${
      this.restoring === null
        ? nothing
        : html`<cw-restore
            .bot=${this.instance}
            .base=${this.instance.revision}
            .change=${this.restoring}
            @cw-close=${() => (this.restoring = null)}
          ></cw-restore>`
    }`;
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
      isSuspended: this.instance.reconcile.mode !== 'apply',
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
        ${refusalNote(this.refusal)}
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

  #open(id: string): void {
    const address = `instances/${this.instance.name}/changes`;
    router.go(id === '' ? address : `${address}?commit=${encodeURIComponent(id)}`, { replace: true });
  }

  #restore(change: Change): void {
    void import('./restore.ts').then(() => (this.restoring = change));
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
