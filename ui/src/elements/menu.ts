import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { button, icon as iconSheet, sheets } from '../styles/sheets.ts';
import { icon } from './icon.ts';
import type { IconName } from './icon-paths.ts';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon: IconName;
  readonly tone?: 'bad';
  /** Where it leads; an item without it is an act and is told by `cw-pick`. */
  readonly href?: string;
  /** Why it cannot be done now; said in place of doing it. */
  readonly closed?: string;
}

/** A button with three dots and its list of acts. `cw-pick` with the id of the chosen item. */
@customElement('cw-menu')
export class CwMenu extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button),
    css`
      :host {
        display: inline-block;
      }
      [popover] {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: var(--s-1);
        min-inline-size: 11rem;
        border: 0;
        border-radius: var(--r-2);
        background: var(--bg-raised);
        color: var(--text);
        box-shadow: var(--shadow-2);
        text-align: start;
      }
      .item {
        display: flex;
        align-items: center;
        gap: var(--s-2);
        inline-size: 100%;
        min-block-size: var(--h-control);
        padding-inline: var(--s-2);
        border: 0;
        border-radius: var(--r-1);
        background: none;
        color: var(--text);
        text-decoration: none;
        text-align: start;
      }
      .item .i {
        color: var(--text-3);
      }
      .item:hover,
      .item:focus-visible {
        background: var(--bg-hover);
        outline-offset: -2px;
      }
      .item[data-tone='bad'],
      .item[data-tone='bad'] .i {
        color: var(--bad);
      }
      .item[aria-disabled='true'],
      .item[aria-disabled='true'] .i {
        color: var(--text-3);
      }
      .why {
        display: block;
        font-size: var(--fs-12);
        line-height: var(--lh-12);
        color: var(--text-3);
      }
    `,
  ];

  @property({ attribute: false }) items: readonly MenuItem[] = [];
  @property() label = 'More actions';
  @property({ type: Boolean }) quiet = false;
  @state() private open = false;
  @query('[popover]') private list!: HTMLElement;
  @query('button') private opener!: HTMLButtonElement;

  override render(): TemplateResult {
    return html`<button
        class=${this.quiet ? 'btn btn--icon btn--quiet' : 'btn btn--icon'}
        type="button"
        aria-label=${this.label}
        title=${this.label}
        aria-haspopup="menu"
        aria-expanded="false"
        popovertarget="list"
      >
        ${icon('more')}
      </button>
      <div popover id="list" role="menu" aria-label=${this.label} @toggle=${this.#toggled} @keydown=${this.#key}>
        ${this.open ? this.items.map((item) => this.#item(item)) : nothing}
      </div>`;
  }

  #item(item: MenuItem): TemplateResult {
    const text = html`${icon(item.icon)}<span
        >${item.label}${item.closed === undefined ? nothing : html`<span class="why">${item.closed}</span>`}</span
      >`;
    if (item.href !== undefined) {
      return html`<a
        class="item"
        role="menuitem"
        tabindex="-1"
        href=${item.href}
        @click=${() => this.list.hidePopover()}
        >${text}</a
      >`;
    }
    return html`<button
      class="item"
      type="button"
      role="menuitem"
      tabindex="-1"
      data-tone=${item.tone ?? nothing}
      aria-disabled=${item.closed === undefined ? nothing : 'true'}
      @click=${() => this.#pick(item)}
    >
      ${text}
    </button>`;
  }

  #pick(item: MenuItem): void {
    if (item.closed !== undefined) return;
    this.list.hidePopover();
    this.dispatchEvent(new CustomEvent<string>('cw-pick', { detail: item.id, bubbles: true, composed: true }));
  }

  /** Items are drawn when they are asked for: a page has as many menus as rows. */
  readonly #toggled = async (event: ToggleEvent): Promise<void> => {
    this.open = event.newState === 'open';
    this.opener.setAttribute('aria-expanded', String(this.open));
    await this.updateComplete;
    if (!this.open) return;
    const anchor = this.opener.getBoundingClientRect();
    const size = this.list.getBoundingClientRect();
    const below = anchor.bottom + 4 + size.height <= window.innerHeight;
    this.list.style.insetBlockStart = `${below ? anchor.bottom + 4 : Math.max(8, anchor.top - size.height - 4)}px`;
    this.list.style.insetInlineStart = `${Math.max(8, anchor.right - size.width)}px`;
    this.#entries()[0]?.focus();
  };

  readonly #key = (event: KeyboardEvent): void => {
    const entries = this.#entries();
    const at = entries.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % entries.length,
      ArrowUp: (at - 1 + entries.length) % entries.length,
      Home: 0,
      End: entries.length - 1,
    };
    const next = moves[event.key];
    if (event.key === 'Tab') this.list.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    entries[next]?.focus();
  };

  #entries(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-menu': CwMenu;
  }
}
