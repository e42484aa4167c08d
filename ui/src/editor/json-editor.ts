import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, codeFolding, foldKeymap, indentUnit } from '@codemirror/language';
import { openSearchPanel, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { JsonProblem } from '../data/forms/json-check.ts';
import { diagnosis, runTimeVariables } from './diagnosis.ts';
import { editorTheme } from './editor-theme.ts';

export interface EditorChange {
  readonly text: string;
  readonly problem: JsonProblem | null;
}

/**
 * Edits one JSON object. `cw-text` (EditorChange) after each change and once at the beginning, `cw-review` on Ctrl S.
 * A `value` that differs from the text replaces it as one step that can be undone.
 */
@customElement('cw-json-editor')
export class CwJsonEditor extends LitElement {
  static override styles = css`
    :host {
      display: block;
      position: relative;
      isolation: isolate;
      min-inline-size: 0;
    }
    :host(:focus-within)::after {
      content: '';
      position: absolute;
      inset: 0;
      z-index: var(--z-sticky);
      outline: 2px solid var(--focus);
      outline-offset: -2px;
      pointer-events: none;
    }
  `;

  @property() value = '';
  @property() label = 'JSON';
  @query('div') private place!: HTMLDivElement;
  #view: EditorView | undefined;

  override render(): TemplateResult {
    return html`<div></div>`;
  }

  override firstUpdated(): void {
    this.#view = new EditorView({ parent: this.place, root: this.renderRoot as ShadowRoot, state: this.#state() });
    this.#told();
  }

  override updated(changed: PropertyValues<this>): void {
    const view = this.#view;
    if (view === undefined || !changed.has('value') || view.state.doc.toString() === this.value) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: this.value } });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#view?.destroy();
  }

  override focus(): void {
    this.#view?.focus();
  }

  /** Puts the cursor to a place and shows it. */
  goTo(offset: number): void {
    const view = this.#view;
    if (view === undefined) return;
    view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true });
    view.focus();
  }

  find(): void {
    if (this.#view !== undefined) openSearchPanel(this.#view);
  }

  #state(): EditorState {
    return EditorState.create({
      doc: this.value,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        codeFolding(),
        search({ top: true }),
        json(),
        indentUnit.of('  '),
        editorTheme,
        diagnosis,
        runTimeVariables,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': this.label }),
        keymap.of([
          { key: 'Mod-s', run: () => this.#review() },
          { key: 'F8', run: (view) => this.#nextError(view) },
          indentWithTab,
          ...defaultKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...searchKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) this.#told();
        }),
      ],
    });
  }

  #told(): void {
    const state = this.#view?.state;
    if (state === undefined) return;
    const detail: EditorChange = { text: state.doc.toString(), problem: state.field(diagnosis).problem };
    this.dispatchEvent(new CustomEvent<EditorChange>('cw-text', { detail }));
  }

  #review(): boolean {
    this.dispatchEvent(new CustomEvent('cw-review'));
    return true;
  }

  #nextError(view: EditorView): boolean {
    const { problem } = view.state.field(diagnosis);
    if (problem === null) return false;
    this.goTo(problem.offset);
    return true;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-json-editor': CwJsonEditor;
  }
}
