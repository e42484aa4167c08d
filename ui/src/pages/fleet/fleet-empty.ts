import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Selected } from '../../common/controllers.ts';
import { Resource } from '../../common/resource.ts';
import { withCode } from '../../common/with-code.ts';
import { shortCommit } from '../../data/words/format.ts';
import { readSettings } from '../../data/endpoints.ts';
import { icon } from '../../elements/icon.ts';
import type { IconName } from '../../elements/icon-paths.ts';
import { store } from '../../services.ts';
import { button, icon as iconSheet, panel, sheets, status } from '../../styles/sheets.ts';

/** The first run: what has to be true before the first bot, each true or with its next step. */
@customElement('cw-fleet-empty')
export class CwFleetEmpty extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, panel),
    css`
      :host {
        display: grid;
        gap: var(--s-4);
      }
    `,
  ];

  readonly #fleet = new Selected(this, () => store.fleet);
  readonly #settings = new Resource(this, (signal) => readSettings(signal));

  override render(): TemplateResult {
    return html`<div class="stack">
        <h2 class="display">Your fleet is empty</h2>
        <p class="soft">
          A bot is a messaging gateway, a full Chrome and a terminal in one pod. Each change you make here becomes a
          commit first and reaches the cluster after that.
        </p>
      </div>
      <section class="panel" aria-labelledby="before">
        <header class="panel__head"><h2 id="before">Before the first bot</h2></header>
        <ul class="items">
          ${this.#repository()} ${this.#sealing()} ${this.#cluster()} ${this.#keys()}
        </ul>
      </section>
      <div class="row-wrap">
        <a class="btn btn--primary btn--lg" href="new">${icon('plus')}Create the first bot</a>
        <span class="muted small">Press <kbd>C</kbd> anywhere to create a bot</span>
      </div>`;
  }

  #repository(): TemplateResult {
    const head = this.#fleet.value?.head ?? null;
    if (head === null) return this.#item('idle', 'clock', 'Instances repository', 'No commit yet');
    return this.#item(
      'ok',
      'y-applied',
      'Instances repository',
      html`Branch main, commit <code>${shortCommit(head)}</code>`,
    );
  }

  #sealing(): TemplateResult {
    return this.#item('ok', 'y-applied', 'Age key pair', 'API keys are sealed before they reach git');
  }

  #cluster(): TemplateResult {
    const { cluster, applier } = this.#fleet.value ?? {};
    if (cluster?.state === 'connected') {
      const note = applier === 'external' ? '; another program applies' : '';
      const text = `Connected to ${cluster.context ?? cluster.server ?? 'it'}${note}`;
      return this.#item('ok', 'y-applied', 'Cluster', text);
    }
    const detail = cluster?.detail ?? '';
    return this.#item(
      'idle',
      'clock',
      'Cluster',
      detail === '' ? 'You can create, edit and commit now; applying starts when a cluster answers.' : withCode(detail),
    );
  }

  #keys(): TemplateResult {
    const settings = this.#settings.value;
    const set =
      settings === undefined
        ? 0
        : [settings.anthropic_api_key, settings.openai_api_key, settings.brave_api_key].filter((key) => key !== null)
            .length + Object.keys(settings.api_keys).length;
    if (set > 0) return this.#item('ok', 'y-applied', 'API keys', `${set} set for the whole fleet`);
    return this.#item(
      'idle',
      'y-todo',
      'API keys',
      'None yet. A bot without a model key starts but cannot think.',
      html`<a class="btn" href="settings">${icon('key')}Add keys</a>`,
    );
  }

  #item(tone: 'ok' | 'idle', name: IconName, title: string, text: unknown, action: unknown = nothing): TemplateResult {
    return html`<li class="tall">
      <span class="status" data-tone=${tone}>${icon(name)}</span
      ><span><span class="strong">${title}</span><br /><span class="muted small">${text}</span></span
      ><span class="push">${action}</span>
    </li>`;
  }
}
