import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { HeldLine } from '../data/stream/log-ring.ts';
import { logs, sheets } from '../styles/sheets.ts';

/** How far from the view a block is drawn already. */
const MARGIN = '1200px 0px';
const LINE = 20;

/**
 * A run of log lines. Far from the view it is an empty box of the height that it had, so that a long log costs as many
 * nodes as a screenful.
 */
@customElement('cw-log-block')
export class CwLogBlock extends LitElement {
  static override styles = [
    ...sheets(logs),
    css`
      :host {
        display: block;
        overflow-anchor: none;
      }
      :host([unwrapped]) .logs__text {
        white-space: pre;
        overflow-wrap: normal;
      }
      .current {
        outline: 1px solid var(--accent);
        outline-offset: -1px;
      }
      mark {
        background: #6b5212;
        color: #ffffff;
        border-radius: 2px;
      }
      .untimed .logs__line {
        grid-template-columns: 3.25rem minmax(0, 1fr);
      }
      .untimed time {
        display: none;
      }
    `,
  ];

  @property({ attribute: false }) lines: readonly HeldLine[] = [];
  @property() needle = '';
  @property({ type: Number }) current = 0;
  @property({ type: Boolean, reflect: true }) unwrapped = false;
  @property({ type: Boolean }) untimed = false;
  /** The scrolling element; the page where it is not given. */
  @property({ attribute: false }) view: Element | null = null;
  @state() private near = false;
  #observer: IntersectionObserver | undefined;

  override firstUpdated(): void {
    this.#observer = new IntersectionObserver(([entry]) => this.#seen(entry), { root: this.view, rootMargin: MARGIN });
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  override willUpdate(): void {
    if (!this.near) this.style.minBlockSize = `${Math.max(this.#height, this.lines.length * LINE)}px`;
  }

  #height = 0;

  #seen(entry: IntersectionObserverEntry | undefined): void {
    if (entry === undefined || entry.isIntersecting === this.near) return;
    if (this.near) this.#height = entry.boundingClientRect.height;
    this.near = entry.isIntersecting;
    this.style.minBlockSize = this.near ? '' : `${this.#height}px`;
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.near) return nothing;
    return html`<div class=${this.untimed ? 'untimed' : ''}>${this.lines.map((line) => this.#line(line))}</div>`;
  }

  #line(line: HeldLine): TemplateResult {
    const clock = line.at === null ? ['', ''] : [line.at.slice(11, 19), line.at.slice(19, 23).replace('Z', '')];
    return html`<div
      class=${line.number === this.current ? 'logs__line current' : 'logs__line'}
      data-level=${line.level === '' ? 'info' : line.level}
      data-number=${line.number}
    >
      <time datetime=${line.at ?? nothing}>${clock[0]}<span class="logs__ms">${clock[1]}</span></time
      ><span class="logs__level">${line.level}</span><span class="logs__text">${this.#marked(line.text)}</span>
    </div>`;
  }

  #marked(text: string): unknown {
    if (this.needle === '') return text;
    const parts: unknown[] = [];
    const lower = text.toLowerCase();
    const wanted = this.needle.toLowerCase();
    let from = 0;
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
      parts.push(text.slice(from, at), html`<mark>${text.slice(at, at + wanted.length)}</mark>`);
      from = at + wanted.length;
    }
    parts.push(text.slice(from));
    return parts;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-log-block': CwLogBlock;
  }
}
