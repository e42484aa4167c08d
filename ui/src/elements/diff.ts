import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { foldEqual } from '../data/words/compare.ts';
import { count } from '../data/words/format.ts';
import { painterFor, type Piece } from '../data/text/highlight.ts';
import { patchRows, type DiffRow } from '../data/text/patch.ts';
import { code, diff, icon as iconSheet, sheets } from '../styles/sheets.ts';
import { piecesView } from './code.ts';
import { icon } from './icon.ts';

/** A file of a unified diff. */
export interface DiffFile {
  readonly path: string;
  /** Null: more than is shown. */
  readonly rows: readonly DiffRow[] | null;
}

/** As the server gives it. */
export const diffFile = ({ path, patch }: { readonly path: string; readonly patch: string | null }): DiffFile => ({
  path,
  rows: patch === null ? null : patchRows(patch),
});

/** More rows than this are not drawn before somebody asks for them. */
const MANY_ROWS = 3_000;

/** Changes of files, one column: equal lines folded, words marked, each file under its own line. */
@customElement('cw-diff')
export class CwDiff extends LitElement {
  static override styles = [
    ...sheets(iconSheet, code, diff),
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }
    `,
  ];

  @property({ attribute: false }) files: readonly DiffFile[] = [];
  @property() label = 'Changes';
  @state() private unfolded: ReadonlySet<string> = new Set();
  @state() private closed: ReadonlySet<string> = new Set();

  override render(): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.label}>
      <table class="diff diff--one">
        <caption class="visually-hidden">
          ${this.label}
        </caption>
        <colgroup>
          <col class="ln" />
          <col class="ln" />
          <col />
        </colgroup>
        <tbody>
          ${this.files.map((file) => this.#file(file))}
        </tbody>
      </table>
    </div>`;
  }

  #file({ path, rows }: DiffFile): unknown {
    if (rows === null) {
      return html`<tr class="diff__fold">
        <td colspan="3">${icon('file')}<code>${path}</code> <span class="muted">has more than is shown here</span></td>
      </tr>`;
    }
    const file = { path, rows };
    const changed = file.rows.filter((row) => row.kind === 'add' || row.kind === 'del').length;
    const isClosed = this.closed.has(file.path) !== file.rows.length > MANY_ROWS;
    const added = file.rows.filter((row) => row.kind === 'add').length;
    return [
      html`<tr class="diff__fold">
        <td colspan="3">
          <button type="button" aria-expanded=${!isClosed} @click=${() => this.#toggleFile(file.path)}>
            ${icon(isClosed ? 'right' : 'file')}<code>${file.path}</code>
            <span class="push nowrap">+${added} −${changed - added}</span>
          </button>
        </td>
      </tr>`,
      isClosed ? nothing : this.#stretches(file),
    ];
  }

  #stretches(file: { readonly path: string; readonly rows: readonly DiffRow[] }): unknown[] {
    const pieces = painterFor(file.path);
    return foldEqual(file.rows, (row) => row.kind === 'same').map((stretch, index) => {
      const key = `${file.path}#${index}`;
      if (!stretch.folded || this.unfolded.has(key)) return stretch.rows.map((row) => this.#row(row, pieces));
      for (const row of stretch.rows) pieces(row.text);
      return html`<tr class="diff__fold">
        <td colspan="3">
          <button type="button" @click=${() => (this.unfolded = new Set([...this.unfolded, key]))}>
            ${icon('right')}Show ${count(stretch.rows.length, 'equal line')}
          </button>
        </td>
      </tr>`;
    });
  }

  #row(row: DiffRow, pieces: (line: string) => readonly Piece[]): TemplateResult {
    if (row.kind === 'gap')
      return html`<tr class="diff__fold">
        <td colspan="3"><span class="visually-hidden">Equal lines left out</span></td>
      </tr>`;
    const sign = row.kind === 'add' ? '+' : row.kind === 'del' ? '−' : nothing;
    return html`<tr>
      <td class="ln">${row.before ?? nothing}</td>
      <td class="ln">${row.after ?? nothing}</td>
      <td class="cd" data-sign=${sign}>
        <span class="cd__text">${lineView(row.text, row.mark, pieces, row.kind === 'add' ? 'ins' : 'del')}</span>
      </td>
    </tr>`;
  }

  #toggleFile(path: string): void {
    const next = new Set(this.closed);
    if (!next.delete(path)) next.add(path);
    this.closed = next;
  }
}

/** A line in its colours, or with its differing part marked. */
export function lineView(
  text: string,
  mark: readonly [number, number] | undefined,
  pieces: (line: string) => readonly Piece[],
  tag: 'ins' | 'del' | 'mark',
): unknown {
  if (mark === undefined || mark[0] === mark[1]) return piecesView(pieces(text));
  const part = text.slice(...mark);
  const marked =
    tag === 'ins' ? html`<ins>${part}</ins>` : tag === 'del' ? html`<del>${part}</del>` : html`<mark>${part}</mark>`;
  return [piecesView(pieces(text.slice(0, mark[0]))), marked, text.slice(mark[1])];
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-diff': CwDiff;
  }
}
