import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import { botMenu, openScreen } from '../../common/bot-actions.ts';
import { Selected, Ticking } from '../../common/controllers.ts';
import { Hotkeys } from '../../common/hotkeys.ts';
import { suspendedGlyph } from '../../common/suspended.ts';
import { wantedMark } from '../../common/wanted.ts';
import { statusWord, syncCause, syncWord, time } from '../../common/word-marks.ts';
import { GROUP_TITLES, GROUPS, groupOf, type FleetQuery, type Group, type SortKey } from '../../data/fleet-list.ts';
import { ageOf, corePair, sizePair } from '../../data/words/format.ts';
import type { Wanted } from '../../data/open-proposals.ts';
import { readPins } from '../../data/kept.ts';
import { icon } from '../../elements/icon.ts';
import '../../elements/menu.ts';
import { kept, openProposals, router, store } from '../../services.ts';
import { button, icon as iconSheet, sheets, status, table } from '../../styles/sheets.ts';

const COLUMNS: readonly (readonly [key: SortKey, title: string, className: string])[] = [
  ['name', 'Name', 'col-name'],
  ['status', 'Status', 'col-status'],
  ['sync', 'Sync', 'col-sync'],
  ['cpu', 'CPU', 'col-cpu'],
  ['memory', 'Memory', 'col-mem'],
  ['created', 'Created', 'col-age'],
];

/** Rows that are drawn or left out together. */
const CHUNK = 40;

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
  /** Chunks near the view, by name. */
  @state() private near: ReadonlySet<string> = new Set();
  readonly #cluster = new Selected(this, () => store.fleet?.cluster.state);
  readonly #wanted = new Selected(this, () => openProposals.byBot, openProposals);
  readonly #clock = new Ticking(this, 10_000);
  #rowHeight = 36;
  #observer: IntersectionObserver | undefined;

  constructor() {
    super();
    new Hotkeys(this, {
      j: () => this.#move(1),
      k: () => this.#move(-1),
      Enter: (event) => this.#open(event),
      c: () => this.#onCursor((bot) => openScreen(bot, 'chrome')),
      t: () => this.#onCursor((bot) => openScreen(bot, 'terminal')),
      e: () => this.#onCursor((bot) => router.go(`instances/${bot.name}/logs`)),
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#observer = undefined;
  }

  override updated(): void {
    const chunks = this.renderRoot.querySelectorAll('tbody');
    if (chunks.length < 2) return;
    const row = this.renderRoot.querySelector('tr[data-name]');
    if (row !== null) this.#rowHeight = row.getBoundingClientRect().height;
    for (const space of this.renderRoot.querySelectorAll<HTMLElement>('td[data-rows]')) {
      space.style.blockSize = `${Number(space.dataset.rows) * this.#rowHeight}px`;
    }
    this.#observer ??= new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: '800px 0px' });
    for (const chunk of chunks) this.#observer.observe(chunk);
  }

  #seen(entries: readonly IntersectionObserverEntry[]): void {
    const near = new Set(this.near);
    for (const { target, isIntersecting } of entries) {
      const name = (target as HTMLElement).dataset.chunk ?? '';
      if (isIntersecting) near.add(name);
      else near.delete(name);
    }
    if (near.size !== this.near.size || [...near].some((name) => !this.near.has(name))) this.near = near;
  }

  override render(): TemplateResult {
    return html`<table class="table table--list" role="table" aria-label="Bots" aria-rowcount=${this.rows.length + 1}>
      <thead role="rowgroup">
        <tr role="row">
          ${COLUMNS.map(([key, title, className]) => this.#head(key, title, className))}
          <th role="columnheader" scope="col" class="col-act"><span class="visually-hidden">Actions</span></th>
        </tr>
      </thead>
      ${this.grouped ? GROUPS.map((group) => this.#group(group)) : this.#chunks('all', this.rows)}
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

  #group(group: Group): readonly unknown[] {
    const rows = this.rows.filter((row) => groupOf(row) === group);
    if (rows.length === 0) return [];
    const head = html`<tr role="row" class="table__group">
      <th role="rowheader" colspan="7" scope="rowgroup">
        ${GROUP_TITLES[group]} <span class="muted">${rows.length}</span>
      </th>
    </tr>`;
    return this.#chunks(group, rows, head);
  }

  /** Rows in chunks; one that is far from the view is an empty row of its height. */
  #chunks(key: string, rows: readonly Instance[], head: unknown = nothing): readonly unknown[] {
    const chunks = Array.from({ length: Math.ceil(rows.length / CHUNK) }, (_, index) =>
      rows.slice(index * CHUNK, (index + 1) * CHUNK),
    );
    return chunks.map((chunk, index) => {
      const name = `${key}-${index}`;
      const isNear = chunks.length === 1 || this.near.has(name) || chunk.some((row) => row.name === this.cursor);
      return html`<tbody role="rowgroup" data-chunk=${name}>
        ${index === 0 ? head : nothing}
        ${
          isNear
            ? repeat(
                chunk,
                (row) => row.name,
                (row) => this.#guarded(row),
              )
            : html`<tr aria-hidden="true">
                <td colspan="7" data-rows=${chunk.length}></td>
              </tr>`
        }
      </tbody>`;
    });
  }

  /** A row is drawn again only when something that it shows is another one. */
  #guarded(bot: Instance): unknown {
    const age = ageOf(bot.created_at, this.#clock.now);
    const wanted = this.#wanted.value.get(bot.name);
    const seen = [bot, age, wanted, bot.name === this.cursor, readPins(kept).includes(bot.name)];
    return guard(seen, () => this.#row(bot, age, wanted));
  }

  #row(bot: Instance, age: string, wanted: readonly Wanted[] = []): TemplateResult {
    const isLoud = bot.leaving !== null || wanted.length > 0 || (bot.sync !== 'applied' && bot.sync !== 'published');
    const address = `instances/${bot.name}`;
    return html`<tr role="row" ?data-cursor=${bot.name === this.cursor} data-name=${bot.name}>
      <td role="cell" class="col-name">
        <span class="table__name"
          ><a href=${address} title=${bot.display_name}>${bot.display_name}</a>${suspendedGlyph(bot)}<code
            >${bot.name}</code
          ></span
        >
      </td>
      <td role="cell" class="col-status" title=${bot.status_reason}>
        ${statusWord(bot.status, this.#cluster.value, bot.status_reason === '' ? nothing : bot.status_reason)}
      </td>
      <td role="cell" class="col-sync" ?data-loud=${isLoud} title=${bot.sync_reason}>
        ${syncWord(bot.sync, wanted.length === 0 ? syncCause(bot) : html`${wantedMark(wanted)} ${causeBeside(bot)}`)}
      </td>
      <td role="cell" class="col-cpu">${corePair(bot.cpu_request, bot.cpu_limit)}</td>
      <td role="cell" class="col-mem">${sizePair(bot.memory_request, bot.memory_limit)}</td>
      <td role="cell" class="col-age">${time(bot.created_at, age)}</td>
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
    this.#onCursor((bot) => router.go(`instances/${bot.name}`));
  }
}

/** Beside the marks of its proposals, a proposed bot's cause would say them again. */
function causeBeside(bot: Instance): unknown {
  return bot.sync === 'proposed' ? nothing : syncCause(bot);
}
