import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { runBotAct } from '../common/bot-actions.ts';
import { paletteEntries, type PaletteEntry } from '../data/palette.ts';
import { deepActiveElement } from '../elements/dialog.ts';
import { icon } from '../elements/icon.ts';
import { router, store } from '../services.ts';
import { dialog, icon as iconSheet, button, palette, sheets } from '../styles/sheets.ts';

/** Finds bots and acts by typing; `>` finds acts only. `cw-close` when something was chosen or nothing is wanted. */
@customElement('cw-palette')
export class CwPalette extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, dialog, palette),
    css`
      .palette__item {
        cursor: pointer;
      }
    `,
  ];

  @state() private text = '';
  @state() private at = 0;
  @query('dialog') private element!: HTMLDialogElement;
  readonly #returnTo = deepActiveElement();

  override firstUpdated(): void {
    this.element.showModal();
    this.renderRoot.querySelector('input')?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.element.close();
    this.#returnTo?.focus();
  }

  override render(): TemplateResult {
    const entries = paletteEntries([...store.instances.values()], this.text);
    const at = Math.min(this.at, Math.max(0, entries.length - 1));
    const groups = [...Map.groupBy(entries, (entry) => entry.group)];
    return html`<dialog
      class="dialog palette"
      aria-label="Command palette"
      @cancel=${this.#cancel}
      @click=${(event: Event) => event.target === this.element && this.#close()}
    >
      <div class="palette__find">
        ${icon('search')}<input
          role="combobox"
          aria-expanded="true"
          aria-controls="list"
          aria-autocomplete="list"
          aria-activedescendant=${entries.length === 0 ? '' : `entry-${at}`}
          aria-label="Search bots and commands"
          placeholder="Search or run"
          autocomplete="off"
          spellcheck="false"
          .value=${this.text}
          @input=${this.#typed}
          @keydown=${(event: KeyboardEvent) => this.#key(event, entries, at)}
        /><kbd>Esc</kbd>
      </div>
      <div class="palette__list" role="listbox" id="list" aria-label="Results" tabindex="-1">
        ${
          entries.length === 0
            ? html`<div class="palette__group">Nothing is called “${this.text}”.</div>`
            : groups.map(
                ([group, members], index) =>
                  html`<div role="group" aria-labelledby="group-${index}">
                    <div class="palette__group" id="group-${index}">${group}</div>
                    ${members.map((entry) => this.#entry(entry, entries.indexOf(entry), at))}
                  </div>`,
              )
        }
      </div>
      <div class="palette__foot">
        <span><kbd>↑</kbd> <kbd>↓</kbd> choose</span><span><kbd>Enter</kbd> open</span
        ><span class="hide-narrow"><kbd>Ctrl</kbd> <kbd>Enter</kbd> own window</span
        ><span class="push hide-narrow"><kbd>&gt;</kbd> commands only</span>
      </div>
    </dialog>`;
  }

  #entry(entry: PaletteEntry, index: number, at: number): TemplateResult {
    const [before, hit, after] = entry.parts;
    return html`<div
      class="palette__item"
      role="option"
      id="entry-${index}"
      aria-selected=${index === at}
      @click=${() => this.#run(entry, false)}
    >
      ${icon(entry.icon)}<span class="clip">${before}<mark>${hit}</mark>${after}</span
      ><span class="push nowrap">${entry.note}</span>
    </div>`;
  }

  readonly #typed = (event: InputEvent): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.at = 0;
  };

  #key(event: KeyboardEvent, entries: readonly PaletteEntry[], at: number): void {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      this.at = (at + (event.key === 'ArrowDown' ? 1 : -1) + entries.length) % Math.max(1, entries.length);
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }),
      );
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const entry = entries[at];
      if (entry !== undefined) this.#run(entry, event.ctrlKey || event.metaKey);
    }
  }

  #run(entry: PaletteEntry, ownWindow: boolean): void {
    this.#close();
    if (entry.act !== undefined) {
      const instance = store.instances.get(entry.act.name);
      if (instance !== undefined) runBotAct(entry.act.id, instance);
    } else if (entry.href !== undefined) {
      if (ownWindow) window.open(entry.ownWindow ?? entry.href, '_blank', 'noopener');
      else router.go(entry.href);
    }
  }

  readonly #cancel = (event: Event): void => {
    event.preventDefault();
    this.#close();
  };

  #close(): void {
    this.dispatchEvent(new CustomEvent('cw-close'));
  }
}
