import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ICON_PATHS, type IconName } from './icon-paths.ts';

/** One icon; decorative, so a word or an `aria-label` has to stand beside it. The class `i` of the host sizes it. */
@customElement('cw-icon')
export class CwIcon extends LitElement {
  static override styles = css`
    :host {
      display: block;
      flex: none;
    }
    svg {
      display: block;
      inline-size: 100%;
      block-size: 100%;
      overflow: visible;
    }
  `;

  @property() name: IconName = 'info';

  override render(): TemplateResult {
    return html`<svg viewBox="0 0 16 16" aria-hidden="true">${ICON_PATHS[this.name]}</svg>`;
  }
}

/** The icon as every element writes it. */
export function icon(name: IconName, turning = false): TemplateResult {
  return html`<cw-icon class=${turning ? 'i i--spin' : 'i'} .name=${name} aria-hidden="true"></cw-icon>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-icon': CwIcon;
  }
}
