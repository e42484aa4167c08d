import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Screen } from '../../../../server/http/schemas/common.ts';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import { browserKept } from '../../data/kept.ts';
import type { Route } from '../../data/router.ts';
import '../../screen/screen.ts';
import type { Quality } from '../../screen/screen-session.ts';
import { router } from '../../services.ts';
import { button, form, frame, screens, sheets } from '../../styles/sheets.ts';

const QUALITIES: readonly (readonly [Quality, string])[] = [
  ['balanced', 'Balanced'],
  ['sharp', 'Sharp'],
  ['low', 'Low bandwidth'],
];

/** Chrome and Terminal of a bot, side by side or one alone; which, stands in the address. */
@customElement('cw-screens')
export class CwScreens extends LitElement {
  static override styles = [
    ...sheets(frame, button, form, screens),
    css`
      :host {
        display: grid;
        gap: var(--s-4);
      }
      select {
        inline-size: auto;
      }
      @container (min-width: 52rem) {
        .screens.one {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) instance!: Instance;
  @property({ attribute: false }) route!: Route;

  override render(): TemplateResult {
    const only = this.#only;
    return html`<div class="page__head">
        <div class="seg" role="group" aria-label="Layout">
          ${this.#layout(null, 'Side by side')} ${this.#layout('chrome', 'Chrome')}
          ${this.#layout('terminal', 'Terminal')}
        </div>
        <label class="row"
          ><span class="muted">Quality</span
          ><select class="input input--sm" @change=${this.#choose}>
            ${QUALITIES.map(([id, title]) => html`<option value=${id} ?selected=${id === this.#quality}>${title}</option>`)}
          </select></label
        >
        <p class="muted small push hide-narrow">
          <kbd>Ctrl</kbd> <kbd>Alt</kbd> <kbd>Shift</kbd> gives the keyboard back to this page
        </p>
      </div>
      <div class=${only === null ? 'screens' : 'screens one'}>
        ${only === 'terminal' ? nothing : this.#screen('chrome')}
        ${only === 'chrome' ? nothing : this.#screen('terminal')}
      </div>`;
  }

  get #only(): Screen | null {
    const only = this.route.search.get('only');
    return only === 'chrome' || only === 'terminal' ? only : null;
  }

  get #quality(): Quality {
    const kept = browserKept.read('quality');
    return QUALITIES.find(([id]) => id === kept)?.[0] ?? 'balanced';
  }

  #layout(only: Screen | null, title: string): TemplateResult {
    const address = `instances/${this.instance.name}/screens${only === null ? '' : `?only=${only}`}`;
    return html`<button
      class="seg__item"
      type="button"
      aria-pressed=${this.#only === only}
      @click=${() => router.go(address, { replace: true })}
    >
      ${title}
    </button>`;
  }

  #screen(screen: Screen): TemplateResult {
    return html`<cw-screen
      .name=${this.instance.name}
      .bot=${this.instance.display_name}
      .screen=${screen}
      .status=${this.instance.status}
      .quality=${this.#quality}
    ></cw-screen>`;
  }

  readonly #choose = (event: Event): void => {
    browserKept.write('quality', (event.target as HTMLSelectElement).value);
    this.requestUpdate();
  };
}
