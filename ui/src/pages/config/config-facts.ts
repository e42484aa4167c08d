import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Config, Instance } from '../../../../server/http/schemas/instance.ts';
import type { Overview } from '../../../../server/http/schemas/answers.ts';
import { Resource } from '../../common/resource.ts';
import { commitLink } from '../../common/word-marks.ts';
import { compareTexts } from '../../data/words/compare.ts';
import { readOverview } from '../../data/endpoints.ts';
import { clockOf, count } from '../../data/words/format.ts';
import { variablesIn } from '../../data/text/highlight.ts';
import { code, panel, sheets } from '../../styles/sheets.ts';

/** Beside a config that is edited: how far it is from what it is typed on, and what the bot fills in at run time. */
@customElement('cw-config-facts')
export class CwConfigFacts extends LitElement {
  static override styles = [
    ...sheets(panel, code),
    css`
      :host {
        display: grid;
        gap: var(--s-4);
      }
    `,
  ];

  @property({ attribute: false }) instance!: Instance;
  @property({ attribute: false }) base: Config | null = null;
  @property() text = '';
  /** Milliseconds; when this browser last kept the text; null where it keeps none. */
  @property({ attribute: false }) savedAt: number | null = null;
  readonly #overview = new Resource<Overview>(this, (signal) => readOverview(this.instance.name, signal));

  override render(): unknown {
    return [this.#changePanel(), this.#runTimePanel()];
  }

  #changePanel(): TemplateResult | typeof nothing {
    if (this.base === null || this.text === this.base.config) return nothing;
    const rows = compareTexts(this.base.config, this.text);
    const added = rows.filter((row) => row.kind === 'add').length;
    const removed = rows.filter((row) => row.kind === 'del').length;
    return html`<section class="panel" aria-labelledby="so-far">
      <header class="panel__head"><h2 id="so-far">Your change so far</h2></header>
      <div class="panel__body">
        <dl class="facts">
          <dt>Based on</dt>
          <dd>${this.base.revision === null ? 'a draft' : commitLink(this.base.revision)}</dd>
          <dt>Changed</dt>
          <dd>${count(added, 'line')} added, ${removed} removed</dd>
          <dt>Kept in</dt>
          <dd>
            ${
              this.savedAt === null
                ? 'this page alone: the browser lets nothing be kept'
                : `this browser, ${clockOf(new Date(this.savedAt).toISOString())}`
            }
          </dd>
        </dl>
      </div>
    </section>`;
  }

  #runTimePanel(): TemplateResult | typeof nothing {
    const names = variablesIn(this.text);
    if (names.length === 0) return nothing;
    const keys = this.#overview.value?.keys ?? [];
    return html`<section class="panel" aria-labelledby="run-time">
      <header class="panel__head"><h2 id="run-time">At run time</h2></header>
      <div class="panel__body">
        ${names.map((name) => {
          const key = keys.find((one) => one.name === name);
          const source =
            key === undefined
              ? html`is in no key of this bot: set it under
                  <a href="instances/${this.instance.name}?keys">API keys</a>.`
              : html`is filled in by the bot from its ${key.scope} key, <code>${key.hint}</code>. Its value never enters
                  git.`;
          return html`<p class="soft"><code class="v">${'${'}${name}}</code> ${source}</p>`;
        })}
      </div>
    </section>`;
  }
}
