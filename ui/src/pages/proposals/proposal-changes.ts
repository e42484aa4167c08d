import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { BotEffect, Effect } from '../../../../server/http/schemas/effect.ts';
import { badge } from '../../common/word-marks.ts';
import { count } from '../../data/words/format.ts';
import { countPatches, patchRows } from '../../data/text/patch.ts';
import { effectWords, sumWords } from '../../data/words/proposal-words.ts';
import '../../elements/diff.ts';
import { icon } from '../../elements/icon.ts';
import { button, icon as iconSheet, note, panel, sheets, status } from '../../styles/sheets.ts';

type Tab = 'record' | 'files' | 'manifests';

/** What a change does, bot for bot: in words and fields, or as the manifests that it makes. */
@customElement('cw-proposal-changes')
export class CwProposalChanges extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, panel, note),
    css`
      .bot {
        padding: var(--s-3) var(--s-4);
        overflow-wrap: anywhere;
      }
      .bot + .bot {
        border-block-start: 1px solid var(--line);
      }
      .bot > * + * {
        margin-block-start: var(--s-1);
      }
    `,
  ];

  @property({ attribute: false }) effect!: Effect;
  /** What does it: the first word of the sentence about all bots. */
  @property() lead = 'Merging';
  /** Diffs of the files that people write; without them the fields are all that is shown of records. */
  @property({ attribute: false }) sources: readonly { readonly path: string; readonly patch: string }[] = [];
  @state() private tab: Tab = 'record';

  override render(): TemplateResult {
    const { bots, resources, problems, unrendered } = this.effect;
    const patches = bots.flatMap(({ objects }) => objects.map(({ patch }) => patch));
    const { added, removed } = countPatches(patches);
    const sums = sumWords(resources);
    return html`<section class="panel" aria-labelledby="changes">
      <header class="panel__head">
        <h2 id="changes">Changes</h2>
        <span class="muted small">${count(patches.length, 'object')}, +${added} −${removed}</span>
        <div class="panel__end">
          <div class="seg" role="group" aria-label="Show">
            ${this.#tab('record', 'Record')} ${this.sources.length === 0 ? nothing : this.#tab('files', 'Files')}
            ${this.#tab('manifests', 'Manifests')}
          </div>
        </div>
      </header>
      ${
        problems.length + (this.lead === 'Merging' ? unrendered.length : 0) === 0
          ? nothing
          : html`<div class="panel__body">
              ${problems.map(
                ({ file, line, message, severity }) =>
                  html`<div class="note" data-tone=${severity === 'error' ? 'bad' : 'warn'}>
                    ${icon(severity === 'error' ? 'y-failed' : 'warn')}
                    <p><code>${file}${line === null ? '' : `:${line}`}</code> ${message}</p>
                  </div>`,
              )}
              ${
                unrendered.length === 0 || this.lead !== 'Merging'
                  ? nothing
                  : html`<p class="muted small">Rendered when it is merged: ${unrendered.join(', ')}.</p>`
              }
            </div>`
      }
      ${this.#content(bots)}
      ${
        sums.length === 0
          ? nothing
          : html`<footer class="panel__foot"><span>All bots together: ${sums.join(', ')}.</span></footer>`
      }
    </section>`;
  }

  #content(bots: readonly BotEffect[]): TemplateResult {
    switch (this.tab) {
      case 'record':
        return this.#record(bots);
      case 'files':
        return html`<cw-diff
          label="Files"
          .files=${this.sources.map(({ path, patch }) => ({ path, rows: patchRows(patch) }))}
        ></cw-diff>`;
      case 'manifests':
        return this.#manifests(bots);
    }
  }

  #tab(tab: Tab, title: string): TemplateResult {
    return html`<button
      class="seg__item"
      type="button"
      aria-pressed=${this.tab === tab}
      @click=${() => (this.tab = tab)}
    >
      ${title}
    </button>`;
  }

  #record(bots: readonly BotEffect[]): TemplateResult {
    if (bots.length === 0) return html`<p class="bot muted">Nothing changes for any bot.</p>`;
    const all = effectWords(bots);
    return html`<div>
      ${all === '' ? nothing : html`<p class="bot soft">${this.lead} ${all}.</p>`} ${bots.map((bot) => this.#bot(bot))}
    </div>`;
  }

  #bot({ name, action, words, fields }: BotEffect): TemplateResult {
    const isFleet = name === 'fleet';
    return html`<div class="bot">
      <h3>
        ${isFleet ? 'Fleet' : action === 'create' ? html`<code>${name}</code>` : html`<a href="instances/${name}">${name}</a>`}
        ${badge(action === 'remove' ? 'bad' : action === 'create' ? 'ok' : '', action)}
      </h3>
      ${words.map((sentence) => html`<p>${sentence}</p>`)}
      <ul class="small">
        ${fields.map(
          ({ field, before, after }) =>
            html`<li>
              <code>${field}</code>: ${before === null ? 'not set' : html`<del>${before}</del>`} →
              ${after === null ? 'not set' : html`<ins>${after}</ins>`}
            </li>`,
        )}
      </ul>
    </div>`;
  }

  #manifests(bots: readonly BotEffect[]): TemplateResult {
    const files = bots.flatMap(({ objects }) =>
      objects.map(({ file, patch }) => ({ path: file, rows: patchRows(patch) })),
    );
    if (files.length === 0) return html`<p class="bot muted">No manifest changes.</p>`;
    return html`<cw-diff label="Manifests" .files=${files}></cw-diff>`;
  }
}
