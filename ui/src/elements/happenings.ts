import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Overview } from '../../../server/http/schemas/answers.ts';
import { time } from '../common/word-marks.ts';
import { whenOf } from '../data/words/format.ts';
import { history, icon as iconSheet, sheets } from '../styles/sheets.ts';
import { icon } from './icon.ts';
import type { IconName } from './icon-paths.ts';

type Happening = Overview['events'][number];

const STATES: Readonly<Record<string, readonly [state: string, name: IconName]>> = {
  ok: ['done', 'y-applied'],
  wait: ['now', 's-creating'],
  warn: ['draft', 'warn'],
  bad: ['bad', 'y-failed'],
};

/** What happened to a bot and its objects, newest first, on a line. */
@customElement('cw-happenings')
export class CwHappenings extends LitElement {
  static override styles = [
    ...sheets(iconSheet, history),
    css`
      .none {
        padding: var(--s-4);
      }
    `,
  ];

  @property({ attribute: false }) events: readonly Happening[] = [];

  override render(): TemplateResult {
    if (this.events.length === 0) return html`<p class="muted none">Nothing yet.</p>`;
    return html`<ol class="history">
      ${this.events.slice(0, 12).map((event) => this.#event(event))}
    </ol>`;
  }

  #event(event: Happening): TemplateResult {
    const [state, name] = STATES[event.tone] ?? ['', 'y-todo'];
    return html`<li data-state=${state}>
      ${icon(name)}
      <div>
        <div class="row">
          <span class="clip" title=${event.title}>${event.title}</span>
          ${time(event.at, whenOf(event.at, Date.now()), 'muted small push nowrap')}
        </div>
        ${event.detail === '' ? nothing : html`<p class="muted small">${event.detail}</p>`}
      </div>
    </li>`;
  }
}
