import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Instance } from '../../../server/http/schemas/instance.ts';
import { botMenu, openScreen } from '../common/bot-actions.ts';
import { Ticking } from '../common/controllers.ts';
import { Hotkeys } from '../common/hotkeys.ts';
import { statusWord, syncCause, syncWord, time } from '../common/words-view.ts';
import { GROUP_TITLES, GROUPS, groupOf, type FleetQuery, type Group, type SortKey } from '../data/fleet-list.ts';
import { ageOf, corePair, sizePair } from '../data/format.ts';
import { icon } from '../elements/icon.ts';
import '../elements/menu.ts';
import { router } from '../services.ts';
import { button, icon as iconSheet, sheets, status, table } from '../styles/sheets.ts';

const COLUMNS: readonly (readonly [key: SortKey, title: string, className: string])[] = [
  ['name', 'Name', 'col-name'],
  ['status', 'Status', 'col-status'],
  ['sync', 'Sync', 'col-sync'],
  ['cpu', 'CPU', 'col-cpu'],
  ['memory', 'Memory', 'col-mem'],
  ['created', 'Created', 'col-age'],
];

/** Rows of bots, in groups where the order allows it. `cw-sort` with a column, `cw-act` with an act and its bot. */
@customElement('cw-fleet-table')
export class CwFleetTable extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, table),
    css`
      :host {
        display: block;
      }
    `,
  ];

  @property({ attribute: false }) rows: readonly Instance[] = [];
  @property({ attribute: false }) query!: FleetQuery;
  @property({ type: Boolean }) grouped = false;
  /** Name of the bot under the cursor of the keyboard. */
  @state() private cursor: string | null = null;
  readonly #clock = new Ticking(this, 10_000);

  constructor() {
    super();
    new Hotkeys(this, {
      j: () => this.#move(1),
      k: () => this.#move(-1),
      Enter: (event) => this.#open(event),
      c: () => this.#onCursor((bot) => openScreen(bot, 'chrome')),
      t: () => this.#onCursor((bot) => openScreen(bot, 'terminal')),
      e: () => this.#onCursor((bot) => router.go(`/instances/${bot.name}/logs`)),
    });
  }

  override render(): TemplateResult {
    return html`<table class="table table--list" role="table" aria-label="Bots" aria-rowcount=${this.rows.length + 1}>
      <thead role="rowgroup">
        <tr role="row">
          ${COLUMNS.map(([key, title, className]) => this.#head(key, title, className))}
          <th role="columnheader" scope="col" class="col-act"><span class="visually-hidden">Actions</span></th>
        </tr>
      </thead>
      ${this.grouped ? GROUPS.map((group) => this.#group(group)) : this.#body(this.rows)}
    </table>`;
  }

  #head(key: SortKey, title: string, className: string): TemplateResult {
    const isSorted = this.query.sort === key;
    return html`<th
      role="columnheader"
      scope="col"
      class=${className}
      aria-sort=${isSorted ? (this.query.descending ? 'descending' : 'ascending') : nothing}
    >
      <button
        class="table__sort"
        type="button"
        @click=${() => this.dispatchEvent(new CustomEvent<SortKey>('cw-sort', { detail: key }))}
      >
        ${title}${isSorted ? icon(this.query.descending ? 'up' : 'down') : nothing}
      </button>
    </th>`;
  }

  #group(group: Group): TemplateResult | typeof nothing {
    const rows = this.rows.filter((row) => groupOf(row) === group);
    if (rows.length === 0) return nothing;
    return this.#body(
      rows,
      html`<tr role="row" class="table__group">
        <th role="rowheader" colspan="7" scope="rowgroup">
          ${GROUP_TITLES[group]} <span class="muted">${rows.length}</span>
        </th>
      </tr>`,
    );
  }

  #body(rows: readonly Instance[], head: unknown = nothing): TemplateResult {
    return html`<tbody role="rowgroup">
      ${head}${repeat(
        rows,
        (row) => row.name,
        (row) => this.#row(row),
      )}
    </tbody>`;
  }

  #row(bot: Instance): TemplateResult {
    const isLoud = bot.sync !== 'applied' && bot.sync !== 'published';
    const address = `/instances/${bot.name}`;
    return html`<tr role="row" ?data-cursor=${bot.name === this.cursor} data-name=${bot.name}>
      <td role="cell" class="col-name">
        <span class="table__name"
          ><a href=${address} title=${bot.display_name}>${bot.display_name}</a><code>${bot.name}</code></span
        >
      </td>
      <td role="cell" class="col-status" title=${bot.status_reason}>
        ${statusWord(bot.status, bot.status_reason === '' ? nothing : bot.status_reason)}
      </td>
      <td role="cell" class="col-sync" ?data-loud=${isLoud} title=${bot.sync_reason}>
        ${syncWord(bot.sync, syncCause(bot))}
      </td>
      <td role="cell" class="col-cpu">${corePair(bot.cpu_request, bot.cpu_limit)}</td>
      <td role="cell" class="col-mem">${sizePair(bot.memory_request, bot.memory_limit)}</td>
      <td role="cell" class="col-age">${time(bot.created_at, ageOf(bot.created_at, this.#clock.now))}</td>
      <td role="cell" class="col-act">
        <span class="acts"
          ><a
            class="btn btn--icon btn--quiet"
            href="${address}/screens?only=chrome"
            aria-label="Chrome of ${bot.display_name}"
            title="Chrome of ${bot.display_name}"
            >${icon('globe')}</a
          ><a
            class="btn btn--icon btn--quiet"
            href="${address}/screens?only=terminal"
            aria-label="Terminal of ${bot.display_name}"
            title="Terminal of ${bot.display_name}"
            >${icon('terminal')}</a
          ><cw-menu
            quiet
            label="More actions for ${bot.display_name}"
            .items=${botMenu(bot, 'row')}
            @cw-pick=${(event: CustomEvent<string>) => this.#act(event.detail, bot)}
          ></cw-menu
        ></span>
      </td>
    </tr>`;
  }

  #act(id: string, instance: Instance): void {
    this.dispatchEvent(new CustomEvent('cw-act', { detail: { id, instance } }));
  }

  /** The rows in the order in which they are read. */
  get #order(): readonly Instance[] {
    return this.grouped ? GROUPS.flatMap((group) => this.rows.filter((row) => groupOf(row) === group)) : this.rows;
  }

  #move(step: number): void {
    const order = this.#order;
    const at = order.findIndex((row) => row.name === this.cursor);
    const next = order[at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + step))];
    if (next === undefined) return;
    this.cursor = next.name;
    void this.updateComplete.then(() => {
      const row = this.renderRoot.querySelector<HTMLElement>('tr[data-cursor]');
      row?.scrollIntoView({ block: 'nearest' });
      row?.querySelector<HTMLElement>('.table__name a')?.focus({ preventScroll: true });
    });
  }

  #onCursor(action: (bot: Instance) => void): void {
    const bot = this.rows.find((row) => row.name === this.cursor);
    if (bot !== undefined) action(bot);
  }

  #open(event: KeyboardEvent): void {
    const target = event.composedPath()[0];
    if (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement) {
      target.click();
      return;
    }
    this.#onCursor((bot) => router.go(`/instances/${bot.name}`));
  }
}
