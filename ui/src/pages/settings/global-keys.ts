import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import { Selected } from '../../common/controllers.ts';
import { textField } from '../../common/field.ts';
import { Unsaved } from '../../common/unsaved.ts';
import { badge } from '../../common/word-marks.ts';
import { count } from '../../data/words/format.ts';
import type { KeyWishes } from '../../data/forms/settings-form.ts';
import { keyLabel } from '../../data/words/words.ts';
import { icon } from '../../elements/icon.ts';
import { store } from '../../services.ts';
import { button, form, icon as iconSheet, panel, sheets, status } from '../../styles/sheets.ts';

/** The keys of the fleet, write-only. `cw-wish` with all wishes after each change. */
@customElement('cw-global-keys')
export class CwGlobalKeys extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, panel, form),
    css`
      :host {
        display: block;
      }
    `,
  ];

  @property({ attribute: false }) settings!: Settings;
  @property({ attribute: false }) wishes: KeyWishes = new Map();
  /** Name of a further key while it is typed; null when none is asked for. */
  @state() private added: string | null = null;
  readonly #instances = new Selected(this, () => store.instances);

  constructor() {
    super();
    new Unsaved(this, () => (this.added ?? '') !== '' || [...this.wishes.values()].some((wish) => wish !== ''));
  }

  override render(): TemplateResult {
    const { settings } = this;
    const known = {
      ANTHROPIC_API_KEY: settings.anthropic_api_key,
      OPENAI_API_KEY: settings.openai_api_key,
      BRAVE_API_KEY: settings.brave_api_key,
      ...settings.api_keys,
    };
    const names = [...new Set([...Object.keys(known), ...this.wishes.keys()])];
    return html`<section class="panel" aria-labelledby="keys">
      <header class="panel__head">
        <h2 id="keys">Global API keys</h2>
        <div class="panel__end">
          <button class="btn btn--quiet" type="button" @click=${() => (this.added = '')}>
            ${icon('plus')}Add a key
          </button>
        </div>
      </header>
      <ul class="items">
        ${names.map((name) => this.#key(name, (known as Record<string, string | null>)[name] ?? null))}
        ${this.added === null ? nothing : this.#addRow(this.added)}
      </ul>
    </section>`;
  }

  #key(name: string, hint: string | null): TemplateResult {
    const wish = this.wishes.get(name);
    const isTyped = typeof wish === 'string';
    const label = keyLabel(name);
    return html`<li class="key">
      ${icon('key')}
      <span class="stack"
        ><span class="row-wrap"
          ><span class="strong">${label}</span>${
            hint === null ? html`<span class="muted">not set</span>` : html`<code>${hint}</code>`
          }${wish === null ? badge('warn', 'will be taken away') : nothing}</span
        >
        <span class="muted small">${this.#usage(name, hint)}</span>
        ${
          isTyped
            ? textField({
                id: `key-${name}`,
                label: `New ${label} key`,
                value: wish,
                type: 'password',
                mono: true,
                hint: 'Sealed on the server before it is written anywhere. After that only its last four characters can be seen.',
                input: (value) => this.#wish(name, value),
              })
            : nothing
        }</span
      >
      <span class="push row">${this.#keyButtons(name, label, hint, wish)}</span>
    </li>`;
  }

  #keyButtons(name: string, label: string, hint: string | null, wish: string | null | undefined): TemplateResult {
    if (wish !== undefined) {
      return html`<button class="btn btn--quiet" type="button" @click=${() => this.#wish(name, undefined)}>
        Cancel
      </button>`;
    }
    return html`${
        hint === null
          ? nothing
          : html`<button
              class="btn btn--quiet btn--danger-quiet"
              type="button"
              aria-label="Remove the ${label} key"
              @click=${() => this.#wish(name, null)}
            >
              Remove
            </button>`
      }
      <button
        class="btn"
        type="button"
        aria-label="${hint === null ? 'Set' : 'Replace'} the ${label} key"
        @click=${() => this.#wish(name, '')}
      >
        ${hint === null ? 'Set' : 'Replace'}
      </button>`;
  }

  #usage(name: string, hint: string | null): string {
    const bots = [...this.#instances.value.values()];
    const own = bots.filter(
      (bot) =>
        (name === 'ANTHROPIC_API_KEY' && bot.has_anthropic_override) ||
        (name === 'OPENAI_API_KEY' && bot.has_openai_override) ||
        (name === 'BRAVE_API_KEY' && bot.has_brave_override),
    ).length;
    const rest = bots.length - own;
    const ownText = own === 0 ? '' : `, ${own} ${own === 1 ? 'has its' : 'have their'} own`;
    if (hint === null) return `${count(rest, 'bot')} would use it${ownText}`;
    return `${count(rest, 'bot')} ${rest === 1 ? 'uses' : 'use'} it${ownText}`;
  }

  #addRow(name: string): TemplateResult {
    const isGood = /^[A-Z][A-Z0-9_]{0,62}$/.test(name);
    return html`<li class="key">
      ${icon('key')}
      <span class="stack"
        >${textField({
          id: 'added',
          label: 'Name of the variable',
          value: name,
          mono: true,
          placeholder: 'GROQ_API_KEY',
          hint: 'Capitals, digits and underscores; bots see the key under this name.',
          input: (value) => (this.added = value.toUpperCase()),
        })}</span
      ><span class="push row"
        ><button class="btn btn--quiet" type="button" @click=${() => (this.added = null)}>Cancel</button
        ><button
          class="btn"
          type="button"
          aria-disabled=${isGood ? nothing : 'true'}
          @click=${() => {
            if (!isGood) return;
            this.#wish(name, '');
            this.added = null;
          }}
        >
          Next
        </button></span
      >
    </li>`;
  }

  #wish(name: string, wish: string | null | undefined): void {
    const next = new Map(this.wishes);
    if (wish === undefined) next.delete(name);
    else next.set(name, wish);
    this.dispatchEvent(new CustomEvent<KeyWishes>('cw-wish', { detail: next }));
  }
}
