import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { Listening, Selected } from '../common/controllers.ts';
import { statusGlyph } from '../common/word-marks.ts';
import { groupOf } from '../data/fleet-list.ts';
import { readPins } from '../data/kept.ts';
import type { Page, Route } from '../data/router.ts';
import { statusEntry } from '../data/words/words.ts';
import { icon } from '../elements/icon.ts';
import type { IconName } from '../elements/icon-paths.ts';
import '../elements/pipe.ts';
import { kept, store } from '../services.ts';
import { icon as iconSheet, sheets, shell, status } from '../styles/sheets.ts';

const MARK = html`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
  <path class="mark__claw" d="M5.9 14.2C6.1 8.2 10.9 3.7 19.9 2.9c-6 2.3-9.5 5.9-10.6 11.6z" />
  <path class="mark__claw" d="M8.9 16.1c1.7-4.6 5.8-7.1 12.4-6.9-4.9 1.3-8 3.9-9.6 7.8z" />
  <path class="mark__claw" d="M10.7 19.1c2.3-2.9 5.6-3.9 10.2-2.7-3.9.1-6.7 1.5-8.6 4.2z" />
  <circle class="mark__dot" cx="5.6" cy="18.9" r="2.7" />
</svg>`;

const FLEET_PAGES: readonly Page[] = ['fleet', 'create'];

/** Navigation: pages, views that have something in them, pinned bots, and the state of the loop. */
@customElement('cw-nav')
export class CwNav extends LitElement {
  static override styles = sheets(iconSheet, shell, status);

  @property({ attribute: false }) route!: Route;
  @state() private pins = readPins(kept);
  readonly #cluster = new Selected(this, () => store.fleet?.cluster.state);
  readonly #proposals = new Selected(this, () => store.fleet?.proposals ?? 0);
  readonly #instances = new Selected(this, () => store.instances);

  constructor() {
    super();
    new Listening(this, document, 'cw-pins', () => (this.pins = readPins(kept)));
  }

  override render(): TemplateResult {
    return html`<div class="nav">
      <nav aria-label="Main">
        <a class="nav__brand" href="./">${MARK}<span>Claworc</span></a>
        <ul class="nav__list">
          ${this.#item('./', 'fleet', 'Fleet', {
            current: FLEET_PAGES.includes(this.route.page) && !this.route.search.has('show'),
            count: this.#instances.value.size,
            plain: true,
          })}
          ${this.#item('proposals', 'proposal', 'Proposals', {
            current: this.route.page === 'proposals' || this.route.page === 'proposal',
            count: this.#proposals.value,
          })}
          ${this.#item('activity', 'activity', 'Activity', { current: this.route.page === 'activity' })}
          ${this.#item('settings', 'settings', 'Settings', { current: this.route.page === 'settings' })}
        </ul>
      </nav>
      ${this.#views()} ${this.#pinned()}
      <section class="nav__foot" aria-label="Git and cluster"><cw-pipe></cw-pipe></section>
    </div>`;
  }

  #views(): TemplateResult | typeof nothing {
    const bots = [...this.#instances.value.values()];
    const attention = bots.filter((bot) => groupOf(bot) === 'attention').length;
    const drafts = bots.filter((bot) => bot.sync === 'draft').length;
    if (attention + drafts === 0) return nothing;
    const show = this.route.page === 'fleet' ? this.route.search.get('show') : null;
    return html`<nav class="nav__extra" aria-label="Views">
      <p class="nav__label">Views</p>
      <ul class="nav__list">
        ${
          attention === 0
            ? nothing
            : this.#item('./?show=attention', 'warn', 'Needs attention', {
                current: show === 'attention',
                count: attention,
                bad: true,
              })
        }
        ${
          drafts === 0
            ? nothing
            : this.#item('./?show=drafts', 'y-draft', 'Drafts', { current: show === 'drafts', count: drafts })
        }
      </ul>
    </nav>`;
  }

  #pinned(): TemplateResult | typeof nothing {
    const bots = this.pins.flatMap((name) => this.#instances.value.get(name) ?? []);
    if (bots.length === 0) return nothing;
    return html`<nav class="nav__extra" aria-label="Pinned bots">
      <p class="nav__label">Pinned</p>
      <ul class="nav__list">
        ${bots.map(
          (bot) =>
            html`<li>
              <a
                class="nav__item"
                href="instances/${bot.name}"
                aria-current=${this.route.params.name === bot.name ? 'page' : nothing}
                >${statusGlyph(bot.status, this.#cluster.value)}<span class="nav__text" title=${bot.display_name}
                  >${bot.display_name}</span
                ><span class="visually-hidden"
                  >, ${statusEntry(bot.status, this.#cluster.value).word.toLowerCase()}</span
                ></a
              >
            </li>`,
        )}
      </ul>
    </nav>`;
  }

  #item(
    href: string,
    name: IconName,
    text: string,
    options: { current: boolean; count?: number; plain?: boolean; bad?: boolean },
  ): TemplateResult {
    const classes = `nav__count${options.plain === true ? ' nav__count--plain' : ''}${options.bad === true ? ' nav__count--bad' : ''}`;
    return html`<li>
      <a class="nav__item" href=${href} title=${text} aria-current=${options.current ? 'page' : nothing}
        >${icon(name)}<span class="nav__text">${text}</span>${
          options.count === undefined || options.count === 0
            ? nothing
            : html`<span class=${classes}>${options.count}</span>`
        }</a
      >
    </li>`;
  }
}
