import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import type { LogLine, Overview } from '../../../../server/http/schemas/answers.ts';
import { Listening, Selected } from '../../common/controllers.ts';
import { emptyFace, errorFace, faces } from '../../common/faces.ts';
import { Hotkeys } from '../../common/hotkeys.ts';
import { Resource } from '../../common/resource.ts';
import { withCode } from '../../common/with-code.ts';
import { readOverview } from '../../data/endpoints.ts';
import { count } from '../../data/words/format.ts';
import { LogRing } from '../../data/stream/log-ring.ts';
import { followLog, type LogState } from '../../data/stream/log-stream.ts';
import { whyNoLines, whySilent } from '../../data/words/log-words.ts';
import '../../elements/happenings.ts';
import { icon } from '../../elements/icon.ts';
import '../../elements/log-block.ts';
import { connection, live, store } from '../../services.ts';
import {
  button,
  face,
  form,
  icon as iconSheet,
  layout,
  logs,
  note,
  panel,
  sheets,
  status,
} from '../../styles/sheets.ts';
import { download } from '../download.ts';
import { logWord } from './log-word.ts';

/** This far from its end a log counts as being at its end. */
const NEAR_END = 24;

/** The log of a bot: the last 100 lines, then live; dark in both themes. Scrolling up pauses, going down follows. */
@customElement('cw-logs')
export class CwLogs extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, form, layout, panel, note, face, logs),
    css`
      :host {
        display: block;
      }
      .logs__view {
        overflow-anchor: none;
      }
      .logs .face p {
        font-family: var(--font-sans);
      }
    `,
  ];

  /** An open stream proves nothing about the cluster behind it. */
  readonly #fleet = new Selected(this, () => store.fleet);
  @property({ attribute: false }) instance!: Instance;
  @state() private connection: LogState = { state: 'connecting' };
  @state() private paused = false;
  /** Lines that came while it was paused. */
  @state() private unseen = 0;
  @state() private needle = '';
  @state() private hit = 0;
  @state() private wrap = true;
  @state() private timed = true;
  @query('.logs__view') private view!: HTMLElement | null;
  #ring = new LogRing();
  #abort: AbortController | undefined;
  readonly #overview = new Resource<Overview>(this, (signal) => readOverview(this.instance.name, signal));

  constructor() {
    super();
    new Listening(this, store, 'activity', () => this.#overview.reload());
    // A server that was started again may have a cluster now.
    new Listening(this, connection, 'back', () => (this.connection.state === 'ended' ? this.#listen() : undefined));
    new Hotkeys(this, {
      f: () => (this.paused ? this.#follow() : this.#pause()),
      '/': () => this.renderRoot.querySelector<HTMLInputElement>('input[type="search"]')?.focus(),
      n: () => this.#step(1),
      N: () => this.#step(-1),
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#begin();
  }

  override firstUpdated(): void {
    this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#abort?.abort();
  }

  override updated(changed: PropertyValues<this>): void {
    const before = changed.get('instance');
    if (before !== undefined && before.name !== this.instance.name) this.#begin();
    else if (before !== undefined && before.status !== this.instance.status) {
      this.#overview.reload();
      if (this.connection.state === 'ended') this.#listen();
    }
    if (!this.paused) this.#toEnd();
  }

  #begin(): void {
    this.#ring = new LogRing();
    this.unseen = 0;
    this.#listen();
  }

  #listen(): void {
    this.#abort?.abort();
    this.#abort = new AbortController();
    if (this.connection.state !== 'connecting') this.connection = { state: 'connecting' };
    void followLog(live.stream, this.instance.name, this.#abort.signal, {
      state: (connection) => (this.connection = connection),
      lines: (lines) => this.#add(lines),
    });
  }

  #add(lines: readonly LogLine[]): void {
    this.#ring.add(lines);
    if (this.paused) this.unseen += lines.length;
    this.requestUpdate();
  }

  override render(): TemplateResult {
    return html`<div class="cols cols--side">
      <section class="logs" aria-label="Log">
        ${this.#bar()}
        <div
          class="logs__view"
          tabindex="0"
          role="log"
          aria-live="off"
          aria-label="Log lines"
          @scroll=${this.#scrolled}
        >
          ${this.#lines()}
        </div>
        ${this.#foot()}
      </section>
      <section class="panel" aria-labelledby="events">
        <header class="panel__head"><h2 id="events">Events of its objects</h2></header>
        ${faces(this.#overview, 'the events', ({ events }) => html`<cw-happenings .events=${events}></cw-happenings>`)}
      </section>
    </div>`;
  }

  #bar(): TemplateResult {
    const hits = this.#ring.find(this.needle);
    const place = hits.indexOf(this.hit) + 1;
    return html`<div class="logs__bar">
      ${
        this.paused
          ? html`<button class="btn" type="button" @click=${() => this.#follow()}>
              ${icon('play')}Follow${this.unseen > 0 ? `, ${this.unseen} new` : ''}
            </button>`
          : html`<button class="btn" type="button" @click=${() => this.#pause()}>${icon('pause')}Pause</button>`
      }
      <div class="find find--grow">
        ${icon('search')}<input
          class="input input--sm"
          type="search"
          aria-label="Search log"
          placeholder="Search"
          .value=${this.needle}
          @input=${(event: InputEvent) => this.#search((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => (event.key === 'Enter' ? this.#step(event.shiftKey ? -1 : 1) : undefined)}
        />
      </div>
      ${
        this.needle === ''
          ? nothing
          : html`<span class="muted small nowrap" role="status"
              >${place > 0 ? `${place} of ${hits.length}` : hits.length}</span
            >`
      }
      <span class="push"
        ><button
          class="btn btn--icon btn--quiet"
          type="button"
          aria-label="Download log"
          title="Download log"
          @click=${() => download(`${this.instance.name}.log`, this.#ring.text())}
        >
          ${icon('download')}
        </button></span
      >
    </div>`;
  }

  #lines(): unknown {
    if (this.#ring.size > 0) {
      return repeat(
        this.#ring.blocks,
        (block) => block.id,
        (block) =>
          html`<cw-log-block
            .lines=${block.lines}
            .needle=${this.needle}
            .current=${this.hit}
            .view=${this.view}
            ?unwrapped=${!this.wrap}
            ?untimed=${!this.timed}
          ></cw-log-block>`,
      );
    }
    if (this.connection.state === 'refused') {
      return errorFace('The log cannot be read', this.connection.error, () => this.#listen());
    }
    if (this.connection.state === 'connecting') return nothing;
    if (this.connection.state === 'reconnecting') return emptyFace('offline', 'No log now', this.connection.reason);
    if (this.connection.state === 'ended') return emptyFace('lines', 'No log', withCode(this.connection.reason));
    return emptyFace('lines', 'No lines yet', `${whyNoLines(this.instance)} Lines appear here by themselves.`);
  }

  #foot(): TemplateResult {
    const toggle = (title: string, isPressed: boolean, press: () => void): TemplateResult =>
      html`<button class="btn btn--quiet" type="button" aria-pressed=${isPressed} @click=${press}>${title}</button>`;
    return html`<footer class="logs__foot">
      ${logWord(this.connection, {
        paused: this.paused,
        unseen: this.unseen,
        cluster: this.#fleet.value?.cluster.state,
        silent: whySilent(this.instance, this.#overview.value),
      })}
      <span>${count(this.#ring.size, 'line')} held, UTC</span>
      <span class="push row"
        >${toggle('Time', this.timed, () => (this.timed = !this.timed))}
        ${toggle('Wrap', this.wrap, () => (this.wrap = !this.wrap))}
        <button class="btn btn--quiet" type="button" @click=${this.#clear}>Clear</button></span
      >
    </footer>`;
  }

  #pause(): void {
    this.paused = true;
  }

  #follow(): void {
    this.paused = false;
    this.unseen = 0;
  }

  #search(text: string): void {
    this.needle = text;
    this.hit = 0;
    if (text !== '') this.#step(-1);
  }

  /** To the next or the previous line that is searched for. */
  #step(step: 1 | -1): void {
    const hits = this.#ring.find(this.needle);
    if (hits.length === 0) return;
    const at = hits.indexOf(this.hit);
    const next = at < 0 ? (step === 1 ? 0 : hits.length - 1) : (at + step + hits.length) % hits.length;
    this.hit = hits[next] ?? 0;
    this.paused = true;
    const block = this.#ring.blocks.find((one) => one.lines.some((line) => line.number === this.hit));
    const index = block === undefined ? -1 : this.#ring.blocks.indexOf(block);
    void this.updateComplete.then(async () => {
      const element = this.renderRoot.querySelectorAll('cw-log-block')[index];
      element?.scrollIntoView({ block: 'nearest' });
      await element?.updateComplete;
      element?.renderRoot.querySelector(`[data-number="${this.hit}"]`)?.scrollIntoView({ block: 'center' });
    });
  }

  #toEnd(): void {
    const { view } = this;
    if (view === null) return;
    requestAnimationFrame(() => (view.scrollTop = view.scrollHeight));
  }

  #lastTop = 0;

  readonly #scrolled = (): void => {
    const { view } = this;
    if (view === null) return;
    const isUp = view.scrollTop < this.#lastTop - 2;
    this.#lastTop = view.scrollTop;
    const isAtEnd = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR_END;
    if (isAtEnd && this.paused && this.unseen > 0) this.#follow();
    else if (isUp && !isAtEnd && !this.paused) this.#pause();
  };

  readonly #clear = (): void => {
    this.#ring.clear();
    this.hit = 0;
    this.#follow();
    this.requestUpdate();
  };
}
