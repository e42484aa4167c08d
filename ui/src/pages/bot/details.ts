import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Blame } from '../../../../server/http/schemas/history.ts';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import { Selected, Ticking } from '../../common/controllers.ts';
import { commitLink, syncFact, time } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { readBlame } from '../../data/endpoints.ts';
import { ageOf, corePair, dataOf, dateOf, imageTail, sizePair, whenOf } from '../../data/words/format.ts';
import { store } from '../../services.ts';
import { button, icon as iconSheet, panel, sheets, status } from '../../styles/sheets.ts';

type Setting = Blame['fields'][number];

const FIELDS = {
  cpu: ['cpu_limit', 'cpu_request'],
  memory: ['memory_limit', 'memory_request'],
  image: ['image'],
  exposure: ['vnc_exposure', 'nodeport_chrome', 'nodeport_terminal'],
  data: ['storage_clawdbot', 'storage_homebrew', 'storage_clawd', 'storage_chrome'],
} as const;

/** What a bot is made of, and on demand who set each of it. */
@customElement('cw-details')
export class CwDetails extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, panel),
    css`
      .set {
        overflow-wrap: anywhere;
      }
      /* Names of fields may be longer than the panel is wide. */
      .others {
        grid-template-columns: minmax(0, 1fr);
        gap: 0;
        margin-block-start: var(--s-4);
      }
      .others dt {
        overflow-wrap: anywhere;
      }
      .others dd {
        margin-block-end: var(--s-2);
      }
    `,
  ];

  @property({ attribute: false }) instance!: Instance;
  @state() private blame: Blame | null = null;
  @state() private refusal = '';
  @state() private isShown = false;
  readonly #isExternal = new Selected(this, () => store.fleet?.applier === 'external');
  readonly #clock = new Ticking(this, 1_000);

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('instance');
    if (before === undefined) return;
    if (before.name !== this.instance.name) this.isShown = false;
    if (before.name !== this.instance.name || before.revision !== this.instance.revision) {
      this.blame = null;
      if (this.isShown) void this.#read();
    }
  }

  override render(): TemplateResult {
    const bot = this.instance;
    return html`<section class="panel" aria-labelledby="details">
      <header class="panel__head">
        <h2 id="details">Details</h2>
        <div class="panel__end">
          <button class="btn btn--quiet" type="button" aria-pressed=${this.isShown} @click=${this.#toggle}>
            Who set it
          </button>
          ${bot.leaving === null ? html`<a class="btn btn--quiet" href="instances/${bot.name}?edit">Edit</a>` : nothing}
        </div>
      </header>
      <div class="panel__body">
        ${this.#facts(bot)} ${this.isShown ? this.#others() : nothing}
        ${this.isShown && this.refusal !== '' ? html`<p class="muted small" role="status">${this.refusal}</p>` : nothing}
      </div>
    </section>`;
  }

  #facts(bot: Instance): TemplateResult {
    const inherited = (field: string): unknown =>
      bot.inherited.includes(field) ? html` <span class="inherit muted small">inherited</span>` : nothing;
    return html`<dl class="facts">
      <dt>Name</dt>
      <dd><code>${bot.name}</code></dd>
      <dt>Sync</dt>
      <dd>${syncFact(bot, this.#isExternal.value)}</dd>
      <dt>Cluster runs</dt>
      <dd>
        ${bot.live_revision === null ? html`<span class="muted">not known</span>` : commitLink(bot.live_revision)}
      </dd>
      <dt>Created</dt>
      <dd>${time(bot.created_at, dateOf(bot.created_at))} (${ageOf(bot.created_at, this.#clock.now)})</dd>
      <dt>CPU</dt>
      <dd>${corePair(bot.cpu_request, bot.cpu_limit)} cores${inherited('cpu_limit')} ${this.#setBy(FIELDS.cpu)}</dd>
      <dt>Memory</dt>
      <dd>
        ${sizePair(bot.memory_request, bot.memory_limit)}${inherited('memory_limit')} ${this.#setBy(FIELDS.memory)}
      </dd>
      <dt>Image</dt>
      <dd><code title=${bot.image}>${imageTail(bot.image)}</code>${inherited('image')} ${this.#setBy(FIELDS.image)}</dd>
      <dt>Exposure</dt>
      <dd>
        ${bot.vnc_exposure === 'proxy' ? 'proxy' : `ports ${bot.nodeport_chrome ?? '?'}, ${bot.nodeport_terminal ?? '?'}`}${inherited('vnc_exposure')}
        ${this.#setBy(FIELDS.exposure)}
      </dd>
      <dt>Data</dt>
      <dd>${dataOf(bot)} ${this.#setBy(FIELDS.data)}</dd>
    </dl>`;
  }

  /** The latest commit that set one of these, or each where several did. */
  #setBy(names: readonly string[]): TemplateResult | typeof nothing {
    if (!this.isShown || this.blame === null) return nothing;
    const found = this.blame.fields.filter(({ api_field }) => names.includes(api_field));
    const commits = Map.groupBy(found, ({ commit }) => commit);
    return html`${[...commits.values()].map((fields) => this.#line(fields, commits.size > 1))}`;
  }

  #line(fields: readonly Setting[], isNamed: boolean): TemplateResult | typeof nothing {
    const [first] = fields;
    if (first === undefined) return nothing;
    const { author, at, commit, message, proposal, or_older, file } = first;
    const what = isNamed ? `${fields.map(({ api_field }) => api_field.replaceAll('_', ' ')).join(', ')}: ` : '';
    return html`<div class="set muted small" title=${message}>
      ${what}${author}, ${time(at, whenOf(at, this.#clock.now))}${or_older ? ' or before' : ''} ${commitLink(commit)}
      ${proposal === null ? nothing : html`<a href="proposals/${proposal}">#${proposal}</a>`}
      ${file === 'claworc.yaml' ? html`in <a href="settings">claworc.yaml</a>` : nothing}
      ${file.startsWith('secrets/global/') ? html`<a href="settings">global</a>` : nothing}
    </div>`;
  }

  /** Fields that have no row of their own. */
  #others(): TemplateResult | typeof nothing {
    const shown = new Set<string>(Object.values(FIELDS).flat());
    const others = this.blame?.fields.filter(({ api_field }) => !shown.has(api_field)) ?? [];
    if (others.length === 0) return nothing;
    return html`<dl class="facts others">
        ${others.map(
          (field) =>
            html`<dt><code>${field.field.replace(/^spec\./, '')}</code></dt>
              <dd class="set">
                ${field.api_field === 'clawdbot_config' ? nothing : html`<code>${field.value ?? 'not set'}</code>`}
                ${this.#line([field], false)}
              </dd>`,
        )}
      </dl>
      ${this.blame?.detail === '' ? nothing : html`<p class="muted small">${this.blame?.detail}</p>`}`;
  }

  readonly #toggle = (): void => {
    this.isShown = !this.isShown;
    if (this.isShown && this.blame === null) void this.#read();
  };

  async #read(): Promise<void> {
    const { name } = this.instance;
    this.refusal = '';
    try {
      const blame = await readBlame(name);
      if (name === this.instance.name) this.blame = blame;
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    }
  }
}
