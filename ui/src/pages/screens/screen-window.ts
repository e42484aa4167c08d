import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Screen } from '../../../../server/http/schemas/common.ts';
import { Selected } from '../../common/controllers.ts';
import '../../screen/screen.ts';
import { store } from '../../services.ts';
import { sheets } from '../../styles/sheets.ts';

/** One screen in a window of its own. */
@customElement('cw-screen-window')
export class CwScreenWindow extends LitElement {
  static override styles = [
    ...sheets(),
    css`
      main {
        display: block;
        block-size: 100dvh;
        background: #0b0e10;
      }
    `,
  ];

  @property() name = '';
  @property() screen: Screen = 'chrome';
  readonly #instances = new Selected(this, () => store.instances);

  override render(): TemplateResult {
    const instance = this.#instances.value.get(this.name);
    const title = instance?.display_name ?? this.name;
    document.title = `${this.screen === 'chrome' ? 'Chrome' : 'Terminal'} · ${title} · OpenClaw Orchestrator`;
    return html`<main>
      <h1 class="visually-hidden">${title}</h1>
      <cw-screen
        alone
        .name=${this.name}
        .bot=${title}
        .screen=${this.screen}
        .status=${instance?.status ?? 'creating'}
      ></cw-screen>
    </main>`;
  }
}
