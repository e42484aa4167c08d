import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Commit } from '../../../../server/http/schemas/answers.ts';
import { Selected } from '../../common/controllers.ts';
import { emptyFace, faces } from '../../common/faces.ts';
import { Resource } from '../../common/resource.ts';
import { signatureMark, time } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { readCommit } from '../../data/endpoints.ts';
import { count, exactTime, shortCommit } from '../../data/words/format.ts';
import { countPatches } from '../../data/text/patch.ts';
import { diffFile } from '../../elements/diff.ts';
import { icon } from '../../elements/icon.ts';
import '../../elements/page.ts';
import { store } from '../../services.ts';
import { button, face, icon as iconSheet, note, panel, sheets } from '../../styles/sheets.ts';

/** One commit of main: who, when, why, and the files that it changed, as many at a time as can be looked at. */
@customElement('cw-commit')
export class CwCommit extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, panel, note, face),
    css`
      .more {
        padding: var(--s-3) var(--s-4);
      }
    `,
  ];

  @property() sha = '';
  /** Pages behind the first one. */
  @state() private more: readonly Commit[] = [];
  @state() private refusal = '';
  readonly #change = new Resource<Commit>(this, (signal) => readCommit(this.sha, null, signal));

  readonly #head = new Selected(this, () => store.fleet?.head ?? null);

  override willUpdate(changed: PropertyValues<this>): void {
    document.title = `Commit ${shortCommit(this.sha)} · OpenClaw Orchestrator`;
    if (!changed.get('sha')) return;
    this.more = [];
    this.refusal = '';
    this.#change.reset();
  }

  override render(): TemplateResult {
    return html`<cw-page crumbs heading="Commit ${shortCommit(this.sha)}">
      <section class="panel" aria-labelledby="subject">
        ${faces(this.#change, 'the commit', (change) => this.#commit(change))}
      </section>
    </cw-page>`;
  }

  #commit(change: Commit): TemplateResult {
    const [subject = '', ...rest] = change.message.split('\n');
    const body = rest.join('\n').trim();
    const files = [change, ...this.more].flatMap((page) => page.files);
    const { next } = this.more.at(-1) ?? change;
    const isWhole = next === null && files.every(({ patch }) => patch !== null);
    const { added, removed } = countPatches(files.map((file) => file.patch));
    return html`<header class="panel__head">
        <h2 id="subject">${subject}</h2>
        ${this.#ways()}
      </header>
      <div class="panel__body">
        <dl class="facts">
          <dt>Commit</dt>
          <dd><code>${this.sha}</code></dd>
          <dt>Author</dt>
          <dd>${change.author}, ${time(change.at, exactTime(change.at))}</dd>
          ${
            change.signature === null
              ? nothing
              : html`<dt>Signature</dt>
                  <dd>${signatureMark(change.signature)}</dd>`
          }
          ${
            body === ''
              ? ''
              : html`<dt>Message</dt>
                  <dd>${body.split('\n').map((line) => html`${line}<br />`)}</dd>`
          }
          <dt>Changed</dt>
          <dd>${count(change.files_total, 'file')}${isWhole ? `, +${added} −${removed}` : nothing}</dd>
        </dl>
      </div>
      <cw-diff label="Files of this commit" .files=${files.map(diffFile)}></cw-diff>
      ${
        next === null
          ? nothing
          : html`<div class="more">
              <button class="btn" type="button" @click=${() => this.#showMore(next)}>Show more files</button>
              <span class="muted small">${files.length} of ${change.files_total} are shown.</span>
              ${this.refusal === '' ? nothing : html`<p role="alert">${this.refusal}</p>`}
            </div>`
      }`;
  }

  /** Where it leads: nowhere from what main is now. */
  #ways(): TemplateResult | typeof nothing {
    const head = this.#head.value;
    if (head === null || head === this.sha) return nothing;
    const comparison = `compare?from=${this.sha}&to=${head}`;
    return html`<div class="panel__end">
      <a class="btn btn--quiet" href=${comparison}>${icon('diff')}Compare with main</a>
      <a class="btn btn--quiet" href="restore?to=${this.sha}">${icon('restart')}Restore the fleet</a>
    </div>`;
  }

  async #showMore(after: string): Promise<void> {
    const { sha } = this;
    try {
      const page = await readCommit(sha, after);
      // Another commit, or a second click.
      if (sha !== this.sha || this.more.some(({ next }) => next === page.next)) return;
      this.more = [...this.more, page];
      this.refusal = '';
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    }
  }
}

/** A path that no page has. */
@customElement('cw-lost')
export class CwLost extends LitElement {
  static override styles = sheets(iconSheet, button, face);

  @property() path = '';

  override render(): TemplateResult {
    document.title = 'Not found · OpenClaw Orchestrator';
    return html`<cw-page heading="Not found"
      >${emptyFace(
        'search',
        'No page has this address',
        html`<code>${this.path}</code> leads nowhere.`,
        html`<a class="btn" href="./">Back to the fleet</a>`,
      )}</cw-page
    >`;
  }
}
