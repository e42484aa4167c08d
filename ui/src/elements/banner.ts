import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Listening, Selected, Ticking } from '../common/controllers.ts';
import { withCode } from '../common/with-code.ts';
import { pullMain } from '../data/endpoints.ts';
import { clockOf } from '../data/words/format.ts';
import { mainTrouble, type MainStep } from '../data/words/git-words.ts';
import { connection, live, store } from '../services.ts';
import { button, icon as iconSheet, note, sheets } from '../styles/sheets.ts';
import '../pages/fleet/accept-rewind.ts';
import '../pages/fleet/approve-removals.ts';
import '../pages/fleet/use-cluster.ts';
import { icon } from './icon.ts';

const BACK_FOR = 8_000;
const clock = (ms: number): string => clockOf(new Date(ms).toISOString());

/**
 * The one cause that holds for the whole page, the gravest first: no server, a cluster that waits for a yes, no cluster.
 * A main that is not followed stands above those of the cluster, since the one does not explain the other.
 */
@customElement('cw-banner')
export class CwBanner extends LitElement {
  static override styles = sheets(iconSheet, note, button);

  readonly #link = new Selected(this, () => store.link);
  readonly #fleet = new Selected(this, () => store.fleet);
  @state() private back = '';
  @state() private asking = false;
  @state() private approving = false;
  @state() private accepting = false;

  constructor() {
    super();
    new Ticking(this, 1_000);
    new Listening(this, connection, 'back', (event) => {
      this.back = (event as CustomEvent<string>).detail;
      setTimeout(() => (this.back = ''), BACK_FOR);
    });
  }

  override render(): TemplateResult {
    return html`${this.#cause()}${
      this.asking ? html`<cw-use-cluster @cw-close=${() => (this.asking = false)}></cw-use-cluster>` : nothing
    }${
      this.approving
        ? html`<cw-approve-removals @cw-close=${() => (this.approving = false)}></cw-approve-removals>`
        : nothing
    }${
      this.accepting ? html`<cw-accept-rewind @cw-close=${() => (this.accepting = false)}></cw-accept-rewind>` : nothing
    }`;
  }

  #cause(): TemplateResult | typeof nothing {
    const link = this.#link.value;
    if (link.state === 'gone') return this.#gone(link.since, link.retryAt);
    if (link.state === 'silent') {
      return this.#banner(
        'bad',
        'offline',
        html`<strong>The server has been silent since ${clock(link.since)}.</strong> You see the fleet as it was then;
          bots keep running.`,
      );
    }
    if (this.back !== '') return this.#banner('ok', 'signal', this.back);
    return html`${this.#main()}${this.#cluster()}`;
  }

  #main(): TemplateResult | typeof nothing {
    const trouble = mainTrouble(this.#fleet.value?.git);
    if (trouble === null) return nothing;
    const text = html`<strong>${trouble.title}</strong> ${trouble.detail}`;
    return this.#banner('warn', 'commit', text, this.#step(trouble.step), 'Main');
  }

  #step(step: MainStep): unknown {
    if (step === 'none') return nothing;
    if (step === 'look') return html`<a class="btn" href="settings?edit=main-line">See what to do</a>`;
    return html`<button class="btn" type="button" @click=${() => void pullMain().catch(() => undefined)}>
      ${icon('restart')}Ask now
    </button>`;
  }

  #gone(since: number | null, retryAt: number): TemplateResult {
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1_000));
    const text =
      since === null
        ? html`<strong>The server does not answer.</strong>`
        : html`<strong>The server has not answered since ${clock(since)}.</strong> You see the fleet as it was then;
            bots keep running.`;
    const when = seconds === 0 ? 'Trying now.' : `Trying again in ${seconds} s.`;
    return this.#banner(
      'bad',
      'offline',
      html`${text} ${when}`,
      html`<button class="btn" type="button" @click=${() => live.tryNow()}>${icon('restart')}Try now</button>`,
    );
  }

  #cluster(): TemplateResult | typeof nothing {
    const { cluster, standing = [] } = this.#fleet.value ?? {};
    if (cluster === undefined) return nothing;
    if (cluster.state === 'connected') {
      return standing.length === 0
        ? nothing
        : this.#banner('warn', 'cluster', withCode(standing.join(' ')), this.#review());
    }
    if (cluster.state === 'offered') {
      return this.#banner(
        'warn',
        'cluster',
        html`<strong>A cluster is there and not used yet.</strong> ${cluster.detail}`,
        html`<button class="btn" type="button" @click=${() => (this.asking = true)}>Review this cluster</button>`,
      );
    }
    if (cluster.state === 'unreachable') {
      const seen = cluster.last_seen === null ? '' : ` since ${clockOf(cluster.last_seen)}`;
      return this.#banner(
        'warn',
        'offline',
        html`<strong>The cluster does not answer${seen}.</strong> ${cluster.detail}`,
      );
    }
    const [first = '', rest = ''] = cluster.detail.split(/(?<=\.)\s+(.*)/s);
    return this.#banner(
      '',
      'cluster',
      html`<strong>${first === '' ? 'No cluster.' : first}</strong> ${withCode(rest)}`,
    );
  }

  /** Nothing is weighed for an approval before main counts. */
  #review(): TemplateResult | typeof nothing {
    if (this.#fleet.value?.rewind) {
      return html`<button class="btn" type="button" @click=${() => (this.accepting = true)}>
        Review the commits
      </button>`;
    }
    if (typeof this.#fleet.value?.removals?.hash !== 'string') return nothing;
    return html`<button class="btn" type="button" @click=${() => (this.approving = true)}>Review the removals</button>`;
  }

  #banner(
    tone: string,
    name: Parameters<typeof icon>[0],
    text: unknown,
    action: unknown = nothing,
    label = 'Connection',
  ): TemplateResult {
    return html`<section class="banner" data-tone=${tone} aria-label=${label}>
      ${icon(name)}
      <p class="banner__text" role="status">${text}</p>
      ${action}
    </section>`;
  }
}
