import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { runBotAct } from '../common/bot-actions.ts';
import { isProposeOnly } from '../common/save-buttons.ts';
import { Selected } from '../common/controllers.ts';
import { entryKey, paletteEntries, type PaletteEntry } from '../data/palette.ts';
import { deepActiveElement } from '../elements/dialog.ts';
import { icon } from '../elements/icon.ts';
import { openProposals, proposing, router, store } from '../services.ts';
import { dialog, icon as iconSheet, button, palette, sheets } from '../styles/sheets.ts';

/**
 * Finds bots and acts by typing; `>` finds acts only. `cw-close` when something was chosen or nothing is wanted. It can
 * be asked before the fleet is known: then it fills when the fleet comes. What changes later waits for the next key, so
 * that nothing moves under the hand.
 */
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
  /** The key of the entry that was chosen by arrow; null for the first one. */
  @state() private chosen: string | null = null;
  /** Enter was pressed before the fleet was known, and nothing was found yet. */
  @state() private isAwaited = false;
  readonly #known = new Selected(this, () => store.known);
  @query('dialog') private element!: HTMLDialogElement;
  readonly #returnTo = deepActiveElement();

  override firstUpdated(): void {
    this.element.showModal();
    this.renderRoot.querySelector('input')?.focus();
  }

  override updated(): void {
    if (!this.isAwaited || !this.#known.value) return;
    this.isAwaited = false;
    const first = this.#entries()[0];
    // An act is run only by somebody who saw it.
    if (first?.href !== undefined) this.#run(first, false);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.element.close();
    this.#returnTo?.focus();
  }

  override render(): TemplateResult {
    const entries = this.#entries();
    const at = Math.max(
      0,
      entries.findIndex((entry) => entryKey(entry) === this.chosen),
    );
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
            ? html`<div class="palette__group">${this.#nothing()}</div>`
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

  #entries(): readonly PaletteEntry[] {
    return paletteEntries([...store.instances.values()], this.text, {
      proposals: openProposals.list,
      hasForm: proposing.offer !== undefined,
      isProposeOnly: isProposeOnly(),
    });
  }

  #nothing(): string {
    if (this.#known.value) return `Nothing is called “${this.text}”.`;
    return this.isAwaited ? 'Opens when the fleet has come.' : 'The fleet has not come yet.';
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
    this.chosen = null;
    this.isAwaited = false;
  };

  #key(event: KeyboardEvent, entries: readonly PaletteEntry[], at: number): void {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const next = entries[(at + (event.key === 'ArrowDown' ? 1 : -1) + entries.length) % Math.max(1, entries.length)];
      this.chosen = next === undefined ? null : entryKey(next);
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }),
      );
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const entry = entries[at];
      if (entry !== undefined) this.#run(entry, event.ctrlKey || event.metaKey);
      else this.isAwaited = !this.#known.value;
    }
  }

  #run(entry: PaletteEntry, ownWindow: boolean): void {
    this.#close();
    if (entry.isForm === true) proposing.offer?.();
    else if (entry.act !== undefined) {
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
