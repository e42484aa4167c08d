import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Change } from '../../../../server/http/schemas/answers.ts';
import { Resource } from '../../common/resource.ts';
import type { Answer } from '../../data/api.ts';
import { readHistory } from '../../data/endpoints.ts';
import { sheets } from '../../styles/sheets.ts';
import './history-list.ts';

/** The history of a bot that main has no more, from which it can be restored; nothing where there never was one. */
@customElement('cw-former')
export class CwFormer extends LitElement {
  static override styles = sheets();

  @property() name = '';
  @state() private opened = '';
  @state() private restoring: Change | null = null;
  readonly #history = new Resource<Answer<readonly Change[]>>(this, (signal) => readHistory(this.name, signal));

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get('name')) this.#history.reset();
  }

  override render(): TemplateResult | typeof nothing {
    const { value: answer } = this.#history;
    if (answer === undefined) return nothing;
    const bot = { name: this.name, display_name: this.name };
    return html`<cw-history
        .bot=${bot}
        .changes=${answer.value}
        .next=${answer.next}
        .opened=${this.opened}
        @cw-open=${(event: CustomEvent<string>) => (this.opened = event.detail)}
        @cw-restore=${(event: CustomEvent<Change>) => this.#restore(event.detail)}
      ></cw-history>
      ${
        this.restoring === null
          ? nothing
          : html`<cw-restore
              .bot=${bot}
              .change=${this.restoring}
              @cw-close=${() => (this.restoring = null)}
            ></cw-restore>`
      }`;
  }

  #restore(change: Change): void {
    void import('./restore.ts').then(() => (this.restoring = change));
  }
}
