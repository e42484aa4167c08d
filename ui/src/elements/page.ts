import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { frame, icon as iconSheet, button, sheets } from '../styles/sheets.ts';
import { icon } from './icon.ts';
import './theme-switch.ts';
import './banner.ts';

/**
 * The frame of every view: bar, banner, page. Slots: `lead` before and `after` behind the page name, `actions` at the
 * end of the bar, and the page itself. Asks for the palette with `cw-palette`.
 */
@customElement('cw-page')
export class CwPage extends LitElement {
  static override styles = [
    ...sheets(iconSheet, frame, button),
    css`
      :host {
        flex: 1;
        display: flex;
        flex-direction: column;
        min-inline-size: 0;
      }
      main:focus-visible {
        outline: none;
      }
      ::slotted(*) {
        min-inline-size: 0;
      }
      slot[name='after'] {
        display: flex;
        gap: var(--s-4);
        min-inline-size: 0;
      }
    `,
  ];

  @property() heading = '';
  @property() sub = '';
  /** `text` for pages that are read. */
  @property() kind: '' | 'text' = '';
  /** Set when the page name is the last of the crumbs; its first is `parent`. */
  @property({ type: Boolean }) crumbs = false;
  /** Address and name of the first of the crumbs. */
  @property() parent = './';
  @property() parentTitle = 'Fleet';

  override render(): TemplateResult {
    const title = html`<h1 class="clip" title=${this.heading}>${this.heading}</h1>`;
    return html`<header class="bar">
        ${
          this.crumbs
            ? html`<nav class="crumbs" aria-label="Breadcrumb">
                <ol>
                  <li><a href=${this.parent}>${this.parentTitle}</a></li>
                  <li aria-current="page">${title}</li>
                </ol>
              </nav>`
            : title
        }
        ${this.sub === '' ? nothing : html`<span class="muted clip hide-narrow">${this.sub}</span>`}
        <slot name="after"></slot>
        <div class="bar__end">
          <button class="seek" type="button" @click=${() => this.#palette()} aria-keyshortcuts="Control+K">
            ${icon('search')}<span class="seek__text">Search or run</span><kbd>Ctrl K</kbd>
          </button>
          <cw-theme-switch></cw-theme-switch>
          <slot name="actions"></slot>
        </div>
      </header>
      <cw-banner></cw-banner>
      <main class=${this.kind === 'text' ? 'page page--text' : 'page'} id="content" tabindex="-1"><slot></slot></main>`;
  }

  /** Moves focus to the page itself: after a change of view, and for "Skip to content". */
  focusContent(): void {
    this.renderRoot.querySelector('main')?.focus({ preventScroll: true });
  }

  #palette(): void {
    this.dispatchEvent(new CustomEvent('cw-palette', { bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-page': CwPage;
  }
}
