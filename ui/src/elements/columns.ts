import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { foldEqual, isEqualRow, type Cell, type ColumnRow } from '../data/words/compare.ts';
import { count } from '../data/words/format.ts';
import { painterFor, type Piece } from '../data/text/highlight.ts';
import { code, diff, icon as iconSheet, sheets, status } from '../styles/sheets.ts';
import { lineView } from './diff.ts';
import { icon } from './icon.ts';

/** Versions of one object side by side: two or three columns, equal lines folded. */
@customElement('cw-columns')
export class CwColumns extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, code, diff),
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }
      .two {
        min-inline-size: 36rem;
      }
    `,
  ];

  @property({ attribute: false }) rows: readonly ColumnRow[] = [];
  /** A head per column of `rows`, in the same order. */
  @property({ attribute: false }) heads: readonly unknown[] = [];
  /** Which columns of a row are drawn. */
  @property({ attribute: false }) shown: readonly number[] = [0, 1, 2];
  @property() path = '';
  @property() label = '';
  /** One per column, for one pass: colours depend on the lines before. */
  #painters: readonly ((line: string) => readonly Piece[])[] = [];
  @state() private unfolded: ReadonlySet<number> = new Set();

  override render(): TemplateResult {
    const span = this.shown.length * 2;
    this.#painters = this.shown.map(() => painterFor(this.path));
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.label}>
      <table class=${this.shown.length < 3 ? 'diff two' : 'diff'}>
        <caption class="visually-hidden">
          ${this.label}
        </caption>
        <colgroup>
          ${this.shown.map(() => [html`<col class="ln" />`, html`<col />`])}
        </colgroup>
        <thead class="diff__head">
          <tr>
            ${this.heads.map((head) => html`<th scope="col" colspan="2"><span class="row">${head}</span></th>`)}
          </tr>
        </thead>
        <tbody>
          ${this.#stretches(span)}
        </tbody>
      </table>
    </div>`;
  }

  #stretches(span: number): unknown[] {
    const picked = this.rows.map((row) => this.shown.map((column) => row[column] ?? null));
    const rows = picked.filter((row) => row.some((cell) => cell !== null));
    return foldEqual(rows, (row) => isEqualRow(row) && !row.includes(null)).map((stretch, index) => {
      if (!stretch.folded || this.unfolded.has(index)) return stretch.rows.map((row) => this.#row(row));
      for (const row of stretch.rows) row.forEach((cell, column) => this.#painters[column]?.(cell?.text ?? ''));
      return html`<tr class="diff__fold">
        <td colspan=${span}>
          <button type="button" @click=${() => (this.unfolded = new Set([...this.unfolded, index]))}>
            ${icon('right')}Show ${count(stretch.rows.length, 'equal line')}
          </button>
        </td>
      </tr>`;
    });
  }

  #row(row: ColumnRow): TemplateResult {
    return html`<tr>
      ${row.map((cell, column) => this.#cell(cell, this.#painters[column] ?? painterFor('')))}
    </tr>`;
  }

  #cell(cell: Cell | null, paint: (line: string) => readonly Piece[]): TemplateResult {
    if (cell === null)
      return html`<td class="ln"></td>
        <td class="cd void"></td>`;
    const tag = cell.sign === '≠' ? 'mark' : cell.sign === '−' ? 'del' : 'ins';
    return html`<td class="ln">${cell.number}</td>
      <td class="cd" data-sign=${cell.sign === '' ? nothing : cell.sign}>
        <span class="cd__text">${lineView(cell.text, cell.mark, paint, tag)}</span>
      </td>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-columns': CwColumns;
  }
}
