import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { linesOf } from '../data/text/lines.ts';
import { painterFor, type Piece } from '../data/text/highlight.ts';
import { code, panel, sheets } from '../styles/sheets.ts';

/** Coloured pieces of a line. */
export function piecesView(pieces: readonly Piece[]): unknown[] {
  return pieces.map((piece) => (piece.kind === '' ? piece.text : html`<span class=${piece.kind}>${piece.text}</span>`));
}

/** A text with line numbers, coloured by the ending of `path`. With `sign` every line is an added or removed one. */
@customElement('cw-code')
export class CwCode extends LitElement {
  static override styles = [
    ...sheets(panel, code),
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }
    `,
  ];

  @property() text = '';
  @property() path = '';
  @property() sign: '' | '+' | '-' = '';
  /** Draws its own outline, for a place outside a panel. */
  @property({ type: Boolean }) framed = false;
  /** Scrolls in itself instead of growing. */
  @property({ type: Boolean }) fit = false;
  @property() label = '';

  override render(): TemplateResult {
    const pieces = painterFor(this.path);
    const classes = `code${this.framed ? ' panel' : ''}${this.fit ? ' code--fit' : ''}`;
    // One line without white space between: the text is copied as it is.
    return html`<pre
      class=${classes}
      tabindex="0"
      role="region"
      aria-label=${this.label === '' ? this.path : this.label}
    >
${linesOf(this.text).map(
        (line) =>
          html`<span class="code__line" data-sign=${this.sign === '' ? nothing : this.sign}
            ><span class="code__text">${piecesView(pieces(line))}</span></span
          >`,
      )}</pre>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-code': CwCode;
  }
}
