import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { nextTheme, readTheme, type Theme } from '../data/kept.ts';
import { kept } from '../services.ts';
import { button, icon as iconSheet, sheets } from '../styles/sheets.ts';
import { icon } from './icon.ts';

/** Auto, light, dark, one after the other; the choice is kept in this browser. */
@customElement('cw-theme-switch')
export class CwThemeSwitch extends LitElement {
  static override styles = sheets(iconSheet, button);

  @state() private theme: Theme = readTheme(kept);

  override render(): TemplateResult {
    const label = `Theme: ${this.theme}`;
    return html`<button
      class="btn btn--icon btn--quiet"
      type="button"
      aria-label=${label}
      title=${label}
      @click=${this.#next}
    >
      ${icon('theme')}
    </button>`;
  }

  readonly #next = (): void => {
    this.theme = nextTheme(this.theme);
    kept.write('theme', this.theme === 'auto' ? null : this.theme);
    document.documentElement.dataset.theme = this.theme;
  };
}
