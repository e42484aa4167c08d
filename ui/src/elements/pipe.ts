import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Selected, Ticking } from '../common/controllers.ts';
import { commitLink } from '../common/word-marks.ts';
import { duration } from '../data/words/format.ts';
import { store } from '../services.ts';
import { icon as iconSheet, sheets, shell, status } from '../styles/sheets.ts';
import { icon } from './icon.ts';
import type { IconName } from './icon-paths.ts';

/** What git wants, what the cluster has, whether we hear from it: the shortest answer to "can I trust this page". */
@customElement('cw-pipe')
export class CwPipe extends LitElement {
  static override styles = [
    ...sheets(iconSheet, shell, status),
    css`
      .commit {
        color: inherit;
      }
    `,
  ];

  readonly #fleet = new Selected(this, () => store.fleet);
  readonly #link = new Selected(this, () => store.link);
  readonly #clock = new Ticking(this, 1_000);

  override render(): TemplateResult {
    const fleet = this.#fleet.value;
    const head = fleet?.head ?? null;
    return html`<ol class="pipe">
      ${this.#step(
        head === null ? 'idle' : this.#isLive ? 'ok' : 'idle',
        'y-published',
        'Git main',
        head === null ? '' : commitLink(head),
      )}
      ${this.#applied()} ${this.#live()}
    </ol>`;
  }

  get #isLive(): boolean {
    return this.#link.value.state === 'live';
  }

  #applied(): TemplateResult {
    const fleet = this.#fleet.value;
    const isExternal = fleet?.applier === 'external';
    const what = isExternal ? 'Applied elsewhere' : 'Applied';
    if (fleet === null || !this.#isLive) return this.#step('idle', 'y-todo', what, fleet === null ? '' : 'unknown');
    if (fleet.cluster.state === 'none') return this.#step('idle', 'y-todo', what, 'no cluster');
    if (fleet.cluster.state === 'offered') return this.#step('idle', 'y-todo', what, 'not accepted');
    const text = `${fleet.applied} of ${fleet.total}`;
    if (fleet.cluster.state === 'unreachable') return this.#step('bad', 'offline', what, text);
    if (fleet.applied === fleet.total) return this.#step('ok', 'y-applied', what, text);
    // Nothing moves where it isn't known that anybody is at it.
    return isExternal ? this.#step('idle', 'clock', what, text) : this.#step('now', 's-creating', what, text, true);
  }

  #live(): TemplateResult {
    const heard = store.lastHeard;
    const passed = heard === null ? null : Math.max(0, this.#clock.now - heard);
    if (this.#link.value.state === 'connecting') return this.#step('idle', 'signal', 'Live', 'connecting');
    if (!this.#isLive) return this.#step('bad', 'offline', 'Not live', passed === null ? '' : duration(passed));
    return this.#step('ok', 'signal', 'Live', passed === null || passed < 1_000 ? 'now' : `${duration(passed)} ago`);
  }

  #step(
    state: 'ok' | 'idle' | 'now' | 'bad',
    name: IconName,
    what: string,
    text: unknown,
    turning = false,
  ): TemplateResult {
    return html`<li class="pipe__step" data-state=${state}>
      ${icon(name, turning)}<span class="pipe__what">${what}</span><span>${text}</span>
    </li>`;
  }
}
