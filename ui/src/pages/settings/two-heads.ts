import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { GitState, Heads, HeadSide } from '../../../../server/http/schemas/git-state.ts';
import { faces, refusalNote } from '../../common/faces.ts';
import { Resource } from '../../common/resource.ts';
import { time } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { acceptHead, readHeads } from '../../data/endpoints.ts';
import { count, exactTime, shortCommit } from '../../data/words/format.ts';
import { button, face, form, icon as iconSheet, note, panel, sheets } from '../../styles/sheets.ts';

/** Both heads of a main that was rewritten, and the choice of the new one. Fires `cw-accepted`. */
@customElement('cw-two-heads')
export class CwTwoHeads extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, note, panel, form, face),
    css`
      :host {
        display: grid;
        gap: var(--s-3);
      }
      .side {
        min-inline-size: 0;
        padding: var(--s-3);
        border: 1px solid var(--line);
        border-radius: var(--r-2);
      }
      .side > * + * {
        margin-block-start: var(--s-2);
      }
      li,
      p {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) heads: GitState['heads'] = null;
  @state() private busy = false;
  @state() private refusal = '';
  readonly #sides = new Resource<Heads>(this, (signal) => readHeads(signal));

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('heads');
    if (before && JSON.stringify(before) !== JSON.stringify(this.heads)) this.#sides.reload();
  }

  override render(): TemplateResult {
    return html`${faces(this.#sides, 'the two heads', (sides) => this.#both(sides))} ${refusalNote(this.refusal)}`;
  }

  #both({ ours, theirs }: Heads): TemplateResult {
    return html`<div class="grid-2">
        ${this.#side('Published last', ours, theirs)}
        ${
          theirs === null
            ? html`<section class="side" aria-label="Main now">
                <h3>Main now</h3>
                <p>There is none.</p>
              </section>`
            : this.#side('Main now', theirs, ours)
        }
      </div>
      ${theirs === null ? nothing : this.#choice(theirs.commit)}`;
  }

  #side(title: string, { commit, latest, own, more }: HeadSide, other: HeadSide | null): TemplateResult {
    return html`<section class="side" aria-label=${title}>
      <h3>${title} <code title=${commit}>${shortCommit(commit)}</code></h3>
      ${
        latest === null
          ? html`<p class="muted">It is not in this repository, so what it has can’t be told.</p>`
          : html`<p>${latest.message}</p>
              <p class="muted small">${latest.author}, ${time(latest.at, exactTime(latest.at))}</p>`
      }
      ${own === null || other === null ? nothing : this.#own(own, more)}
    </section>`;
  }

  #own(own: NonNullable<HeadSide['own']>, more: boolean): TemplateResult {
    if (own.length === 0) return html`<p class="muted small">Has nothing that the other has not.</p>`;
    return html`<p class="small">
        ${more ? `More than ${count(own.length, 'commit')}` : count(own.length, 'commit')} that the other has not:
      </p>
      <ul class="stack small">
        ${own.map(
          (one) =>
            html`<li><code title=${one.commit}>${shortCommit(one.commit)}</code> ${one.message}, ${one.author}</li>`,
        )}
      </ul>`;
  }

  #choice(head: string): TemplateResult {
    return html`<p class="soft">
        Accepting goes on from main as it is now. What only the other head has is left out of main; its commits stay in
        the repository of this server.
      </p>
      <p>
        <button
          class="btn btn--danger"
          type="button"
          aria-disabled=${this.busy ? 'true' : nothing}
          @click=${() => void this.#accept(head)}
        >
          Accept the new head <code>${shortCommit(head)}</code>
        </button>
      </p>`;
  }

  async #accept(head: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refusal = '';
    try {
      await acceptHead(head);
      this.dispatchEvent(new CustomEvent('cw-accepted'));
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
      this.#sides.reload();
    } finally {
      this.busy = false;
    }
  }
}
