import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import { Selected } from '../../common/controllers.ts';
import { bones } from '../../common/faces.ts';
import { Hotkeys } from '../../common/hotkeys.ts';
import { runBotAct } from '../../common/bot-actions.ts';
import { clockOf, count } from '../../data/words/format.ts';
import {
  fleetAddress,
  GROUP_TITLES,
  GROUPS,
  isGrouped,
  matchesShow,
  readFleetQuery,
  selectInstances,
  type FleetQuery,
  type Group,
  type SortKey,
} from '../../data/fleet-list.ts';
import type { Route } from '../../data/router.ts';
import { icon } from '../../elements/icon.ts';
import type { IconName } from '../../elements/icon-paths.ts';
import '../../elements/page.ts';
import { router, store } from '../../services.ts';
import { button, face, filters, form, frame, icon as iconSheet, panel, sheets } from '../../styles/sheets.ts';
import './fleet-empty.ts';
import './fleet-table.ts';

const GLYPHS: Readonly<Record<Group, readonly [IconName, string]>> = {
  attention: ['s-error', 'bad'],
  changing: ['s-creating', 'wait'],
  running: ['s-running', 'ok'],
  stopped: ['s-stopped', 'idle'],
};

/** All bots, what needs a person first. Filters, order and text live in the address. */
@customElement('cw-fleet')
export class CwFleet extends LitElement {
  static override styles = [
    ...sheets(iconSheet, frame, button, filters, form, panel, face),
    css`
      .none {
        padding-block: var(--s-8);
      }
    `,
  ];

  @property({ attribute: false }) route!: Route;
  @state() private deleting: Instance | null = null;
  @state() private suspending: Instance | null = null;
  readonly #instances = new Selected(this, () => store.instances);
  readonly #known = new Selected(this, () => store.known || store.instances.size > 0);
  readonly #fleet = new Selected(this, () => store.fleet);
  readonly #link = new Selected(this, () => store.link);
  /** The list below an open dialog keeps the query that it had. */
  #query: FleetQuery = readFleetQuery(new URLSearchParams());

  constructor() {
    super();
    new Hotkeys(this, {
      '/': () => this.renderRoot.querySelector<HTMLInputElement>('input[type="search"]')?.focus(),
    });
  }

  override willUpdate(): void {
    if (this.route.page === 'create') void import('../create/create.ts');
    else this.#query = readFleetQuery(this.route.search);
    if (this.#fleet.value?.rollout) void import('./rollout.ts');
    document.title = `${this.route.page === 'create' ? 'New bot' : 'Fleet'} · OpenClaw Orchestrator`;
  }

  override render(): TemplateResult {
    const size = this.#instances.value.size;
    const isEmpty = this.#known.value && size === 0;
    return html`<cw-page
        heading="Fleet"
        sub=${this.#known.value && !isEmpty ? this.#sub(size) : ''}
        kind=${isEmpty ? 'text' : ''}
      >
        ${isEmpty ? nothing : html`<a slot="actions" class="btn btn--primary" href="new">${icon('plus')}New bot</a>`}
        ${!this.#known.value ? bones('the fleet', 8) : isEmpty ? html`<cw-fleet-empty></cw-fleet-empty>` : this.#list()}
      </cw-page>
      ${
        this.route.page === 'create'
          ? html`<cw-create @cw-close=${() => router.go(fleetAddress(this.#query))}></cw-create>`
          : nothing
      }
      ${
        this.deleting === null
          ? nothing
          : html`<cw-delete .instance=${this.deleting} @cw-close=${() => (this.deleting = null)}></cw-delete>`
      }
      ${
        this.suspending === null
          ? nothing
          : html`<cw-suspend .instance=${this.suspending} @cw-close=${() => (this.suspending = null)}></cw-suspend>`
      }`;
  }

  #sub(size: number): string {
    const heard = store.lastHeard;
    if (this.#link.value.state === 'gone' && heard !== null) {
      return `${count(size, 'bot')}, as of ${clockOf(new Date(heard).toISOString())}`;
    }
    return `${count(size, 'bot')} in namespace ${this.#fleet.value?.namespace ?? ''}`;
  }

  #list(): TemplateResult {
    const rows = selectInstances(this.#instances.value.values(), this.#query);
    return html`<cw-rollout></cw-rollout>
      <div class="page__head">
        <div class="filters filters--scroll" role="group" aria-label="Status filter">
          ${this.#chip('all', 'All')} ${GROUPS.map((group) => this.#chip(group, GROUP_TITLES[group]))}
          ${this.#query.show === 'drafts' ? this.#chip('drafts', 'Drafts') : nothing}
          ${this.#isAnySuspended ? this.#chip('suspended', 'Suspended') : nothing}
        </div>
        <div class="page__actions">
          <div class="find">
            ${icon('search')}<input
              class="input input--sm"
              type="search"
              aria-label="Filter bots"
              placeholder="Filter by name"
              .value=${this.#query.text}
              @input=${(event: InputEvent) => this.#go({ text: (event.target as HTMLInputElement).value }, true)}
              @keydown=${this.#searchKey}
            /><kbd class="hide-narrow">/</kbd>
          </div>
        </div>
      </div>
      ${
        rows.length === 0
          ? this.#none()
          : html`<cw-fleet-table
              .rows=${rows}
              .query=${this.#query}
              .grouped=${isGrouped(this.#query)}
              @cw-sort=${(event: CustomEvent<SortKey>) => this.#sort(event.detail)}
              @cw-act=${(event: CustomEvent<{ id: string; instance: Instance }>) => this.#act(event.detail)}
            ></cw-fleet-table>`
      }`;
  }

  #chip(show: FleetQuery['show'], title: string): TemplateResult {
    const bots = [...this.#instances.value.values()];
    const [name, tone] =
      show === 'all' || show === 'drafts' || show === 'suspended' ? [undefined, 'warn'] : GLYPHS[show];
    return html`<button
      class="chip"
      type="button"
      aria-pressed=${this.#query.show === show}
      data-tone=${tone}
      @click=${() => this.#go({ show })}
    >
      ${name === undefined ? nothing : icon(name)}${title}<span class="chip__n"
        >${bots.filter((bot) => matchesShow(bot, show)).length}</span
      >
    </button>`;
  }

  /** Behind a chip of their own, beside that of their group. */
  get #isAnySuspended(): boolean {
    if (this.#query.show === 'suspended') return true;
    return [...this.#instances.value.values()].some((bot) => matchesShow(bot, 'suspended'));
  }

  #none(): TemplateResult {
    const { text } = this.#query;
    return html`<div class="face none">
      ${icon('search')}
      <p>${text === '' ? 'No bot is in this state.' : `No bot matches “${text}”.`}</p>
      <button class="btn" type="button" @click=${() => router.go('./')}>
        ${text === '' ? 'Show all bots' : 'Clear the filter'}
      </button>
    </div>`;
  }

  #go(change: Partial<FleetQuery>, replace = false): void {
    router.go(fleetAddress({ ...this.#query, ...change }), { replace });
  }

  #sort(key: SortKey): void {
    this.#go({ sort: key, descending: this.#query.sort === key && !this.#query.descending });
  }

  #act({ id, instance }: { id: string; instance: Instance }): void {
    if (runBotAct(id, instance)) return;
    if (id === 'delete') void import('../bot/delete.ts').then(() => (this.deleting = instance));
    if (id === 'suspend') void import('../bot/suspend.ts').then(() => (this.suspending = instance));
  }

  readonly #searchKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    this.#go({ text: '' }, true);
    (event.target as HTMLInputElement).blur();
  };
}
