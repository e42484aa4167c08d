import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import { ApiError } from '../../data/api.ts';
import { acceptRecipients } from '../../data/endpoints.ts';
import { icon } from '../../elements/icon.ts';
import { button, icon as iconSheet, layout, note, panel, sheets } from '../../styles/sheets.ts';

/**
 * Shown only while claworc.yaml names other recipients than those that keys are sealed for: a person says yes to each of
 * them by its full text. Fires `cw-accepted`.
 */
@customElement('cw-recipients')
export class CwRecipients extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, layout, panel, note),
    css`
      :host([hidden]) {
        display: none;
      }
      code {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) settings!: Settings;
  @state() private busy = false;
  @state() private refusal: ApiError | null = null;

  override render(): TemplateResult | typeof nothing {
    const { recipients: named, recipients_accepted: accepted } = this.settings;
    const added = named.filter((recipient) => !accepted.includes(recipient));
    const removed = accepted.filter((recipient) => !named.includes(recipient));
    // Without anything to say it takes no place between its neighbours either.
    this.hidden = added.length === 0 && removed.length === 0;
    if (this.hidden) return nothing;
    return html`<section class="panel" aria-labelledby="recipients">
      <header class="panel__head"><h2 id="recipients">Recipients of API keys changed</h2></header>
      <div class="panel__body">
        <div class="note" data-tone="warn">
          ${icon('y-drifted')}
          <p>
            A commit changed who can open the API keys. Nothing is sealed for anybody new before you accept it. Keys
            that are set already stay as they are.
          </p>
        </div>
        ${this.#list('Added: could open every key that is set from now on', added)}
        ${this.#list('Removed: keys that are set from now on stay closed to it', removed)}
        ${
          this.refusal === null
            ? nothing
            : html`<div class="note" data-tone="bad" role="alert">
                ${icon('y-failed')}
                <p>${this.refusal.message}</p>
              </div>`
        }
      </div>
      <footer class="panel__foot">
        <span class="push"></span>
        <button
          class="btn"
          type="button"
          aria-disabled=${this.busy || named.length === 0 ? 'true' : nothing}
          @click=${() => void this.#accept(named)}
        >
          Accept these recipients
        </button>
      </footer>
    </section>`;
  }

  #list(title: string, recipients: readonly string[]): TemplateResult | typeof nothing {
    if (recipients.length === 0) return nothing;
    return html`<h3>${title}</h3>
      <ul class="stack">
        ${recipients.map((recipient) => html`<li><code>${recipient}</code></li>`)}
      </ul>`;
  }

  async #accept(named: readonly string[]): Promise<void> {
    if (this.busy || named.length === 0) return;
    this.busy = true;
    this.refusal = null;
    try {
      await acceptRecipients(named);
      this.dispatchEvent(new CustomEvent('cw-accepted'));
    } catch (error) {
      this.refusal = error instanceof ApiError ? error : new ApiError(0, { detail: String(error) });
    } finally {
      this.busy = false;
    }
  }
}
