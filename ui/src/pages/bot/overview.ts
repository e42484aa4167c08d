import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import type { Change, Overview } from '../../../../server/http/schemas/answers.ts';
import { Listening, Selected, Ticking } from '../../common/controllers.ts';
import { faces } from '../../common/faces.ts';
import { Resource } from '../../common/resource.ts';
import { withCode } from '../../common/with-code.ts';
import { statusWord, time } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { goOn, readOverview } from '../../data/endpoints.ts';
import { subjectOf, whenOf } from '../../data/words/format.ts';
import { draftWait } from '../../data/words/git-words.ts';
import type { Route } from '../../data/router.ts';
import { stepsOf } from '../../data/words/track.ts';
import { screenWords } from '../../data/words/words.ts';
import '../../elements/copy.ts';
import '../../elements/happenings.ts';
import { icon } from '../../elements/icon.ts';
import '../../elements/track.ts';
import './details.ts';
import { keyFacts } from '../keys/key-facts.ts';
import './objects.ts';
import { fightNote } from './fight-note.ts';
import { troubleNote } from './trouble-note.ts';
import { router, store, writes } from '../../services.ts';
import {
  button,
  face,
  icon as iconSheet,
  layout,
  note,
  panel,
  screens,
  sheets,
  status,
  tile,
} from '../../styles/sheets.ts';

/** The overview of a bot: what the last change did, why it has its status, its objects, details and keys. */
@customElement('cw-overview')
export class CwOverview extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, layout, panel, note, screens, tile, face),
    css`
      :host {
        display: block;
      }
      .lead {
        font-weight: var(--fw-bold);
      }
    `,
  ];

  @property({ attribute: false }) instance!: Instance;
  @property({ attribute: false }) route!: Route;
  readonly #overview = new Resource<Overview>(this, (signal) => readOverview(this.instance.name, signal));
  readonly #cluster = new Selected(this, () => store.fleet?.cluster.state);
  readonly #isExternal = new Selected(this, () => store.fleet?.applier === 'external');
  readonly #clock = new Ticking(this, 1_000);

  constructor() {
    super();
    new Listening(this, store, 'activity', () => this.#overview.reload());
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('instance');
    if (before !== undefined && before.name !== this.instance.name) this.#overview.reset();
    else if (before !== undefined) this.#overview.reload();
    if (this.#mayChange('edit') || this.#mayChange('keys')) void import('./edit.ts');
  }

  override render(): TemplateResult {
    return html`<div class="cols cols--side">
        <div class="stack-lg">
          ${fightNote(this.#overview.value, this.#goOn)}
          ${troubleNote(this.instance, this.#overview.value, this.#isExternal.value)} ${this.#latest()}
          ${this.#status()} ${this.#screens()}
          <cw-objects .instance=${this.instance}></cw-objects>
        </div>
        <div class="stack-lg">
          <cw-details .instance=${this.instance}></cw-details> ${this.#keys()} ${this.#happenings()}
        </div>
      </div>
      ${
        this.#mayChange('edit')
          ? html`<cw-edit
              .instance=${this.instance}
              .first=${this.route.search.get('edit') ?? ''}
              @cw-close=${this.#closeDialog}
            ></cw-edit>`
          : nothing
      }
      ${
        this.#mayChange('keys')
          ? html`<cw-keys
              .instance=${this.instance}
              .keys=${this.#overview.value?.keys ?? []}
              @cw-close=${this.#closeDialog}
            ></cw-keys>`
          : nothing
      }`;
  }

  /** Asked for by the address; of a bot that leaves nothing can be changed. */
  #mayChange(dialog: 'edit' | 'keys'): boolean {
    return this.route.search.has(dialog) && this.instance.leaving === null;
  }

  #latest(): TemplateResult {
    return html`<section class="panel" aria-labelledby="latest">
      <header class="panel__head">
        <h2 id="latest">Latest change</h2>
        <div class="panel__end">
          <a class="btn btn--quiet" href="instances/${this.instance.name}/changes">${icon('diff')}Show diff</a>
        </div>
      </header>
      ${faces(this.#overview, 'the latest change', ({ latest_change }) =>
        latest_change === null
          ? html`<div class="panel__body"><p class="muted">No change yet.</p></div>`
          : this.#track(latest_change),
      )}
    </section>`;
  }

  #track(change: Change): TemplateResult {
    const steps = stepsOf(change, {
      status: this.instance.status,
      statusReason: this.instance.status_reason,
      hasCluster: this.#cluster.value === 'connected',
      isSuspended: this.instance.reconcile.mode !== 'apply',
      wait: draftWait(store.fleet?.git),
    });
    const subject = subjectOf(change.message, this.instance);
    return html`<div class="panel__body">
      <p>
        ${subject}.
        <span class="muted">by ${change.author}, ${time(change.at, whenOf(change.at, this.#clock.now))}</span>
      </p>
      <cw-track fold .steps=${steps} label="Way of ${subject}"></cw-track>
    </div>`;
  }

  #status(): TemplateResult {
    const now = this.#clock.now;
    return html`<section class="panel" aria-labelledby="status">
      <header class="panel__head"><h2 id="status">Status</h2></header>
      ${faces(this.#overview, 'the status', (overview) => {
        const since = overview.status_since;
        const reason = this.instance.status_reason;
        return html`<div class="panel__body">
          <div class="row-wrap">
            <strong>${statusWord(this.instance.status, this.#cluster.value)}</strong>
            <span class="soft"
              >${since === null ? nothing : html`since ${time(since, whenOf(since, now))}${reason === '' ? '' : ','}`}
              ${reason}</span
            >
          </div>
          <dl class="facts">
            <dt>Rule</dt>
            <dd>${overview.status_rule}</dd>
            <dt>Seen</dt>
            <dd>
              ${overview.status_seen === '' ? html`<span class="muted">nothing yet</span>` : overview.status_seen}
            </dd>
            ${
              overview.status_next === ''
                ? nothing
                : html`<dt>Next</dt>
                    <dd>${withCode(overview.status_next)}</dd>`
            }
            ${
              overview.status_command === null
                ? nothing
                : html`<dt>Command</dt>
                    <dd>
                      <code>${overview.status_command}</code>
                      <cw-copy look="icon" what="command" .text=${overview.status_command}></cw-copy>
                    </dd>`
            }
          </dl>
          ${overview.warnings.map(
            (warning) =>
              html`<div class="note" data-tone="warn">
                ${icon('warn')}
                <p>${warning}</p>
              </div>`,
          )}
        </div>`;
      })}
    </section>`;
  }

  #screens(): TemplateResult {
    return html`<section class="screens screens--preview" aria-label="Screens">
      ${this.#tile('chrome', 'Chrome')} ${this.#tile('terminal', 'Terminal')}
    </section>`;
  }

  #tile(screen: 'chrome' | 'terminal', title: string): TemplateResult {
    const isReady = this.instance.status === 'running';
    const isComing = this.instance.status === 'creating';
    const words = isReady ? 'Open the screen' : isComing ? 'Not ready yet' : 'No screen now';
    const glyph = isReady
      ? icon(screen === 'chrome' ? 'globe' : 'terminal')
      : icon(isComing ? 's-creating' : 'offline', isComing && this.#cluster.value === 'connected');
    return html`<figure class="stack">
      <a class="tile__screen" href="instances/${this.instance.name}/screens?only=${screen}"
        ><span class="visually-hidden">${title}.</span
        ><span class="tile__over">${glyph}<strong>${words}</strong></span></a
      >
      <figcaption class="row">
        <span class="strong">${title}</span>
        <span class="muted small">${screenWords(this.instance)}</span>
      </figcaption>
    </figure>`;
  }

  /** Of a bot that leaves nothing can be changed. */
  #changeKeys(): TemplateResult | typeof nothing {
    const { name, leaving } = this.instance;
    if (leaving !== null) return nothing;
    return html`<div class="panel__end">
      <a class="btn btn--quiet" href="instances/${name}?keys">Change</a>
    </div>`;
  }

  #keys(): TemplateResult {
    return html`<section class="panel" aria-labelledby="keys">
      <header class="panel__head">
        <h2 id="keys">API keys</h2>
        ${this.#changeKeys()}
      </header>
      ${faces(this.#overview, 'the keys', ({ keys }) => keyFacts(keys))}
    </section>`;
  }

  #happenings(): TemplateResult {
    return html`<section class="panel" aria-labelledby="happened">
      <header class="panel__head">
        <h2 id="happened">What happened</h2>
        <div class="panel__end"><a class="btn btn--quiet" href="activity?q=${this.instance.name}">All</a></div>
      </header>
      ${faces(this.#overview, 'the events', ({ events }) => html`<cw-happenings .events=${events}></cw-happenings>`)}
    </section>`;
  }

  readonly #goOn = (): void => {
    const { name, display_name } = this.instance;
    goOn(name).then(
      () => this.#overview.reload(),
      (error: unknown) =>
        writes.refused(`Put ${display_name} right`, [name], error instanceof ApiError ? error.message : String(error)),
    );
  };

  readonly #closeDialog = (): void => {
    router.go(`instances/${this.instance.name}`);
  };
}
