import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Change } from '../../../server/http/schemas/answers.ts';
import { emptyFace, faces } from '../common/faces.ts';
import { Resource } from '../common/resource.ts';
import { time } from '../common/word-marks.ts';
import { readCommit } from '../data/endpoints.ts';
import { count, exactTime, shortCommit } from '../data/format.ts';
import { countPatches, patchRows } from '../data/patch.ts';
import '../elements/diff.ts';
import '../elements/page.ts';
import { button, face, icon as iconSheet, note, panel, sheets } from '../styles/sheets.ts';

/** One commit of main: who, when, why, and every file that it changed. */
@customElement('cw-commit')
export class CwCommit extends LitElement {
  static override styles = sheets(iconSheet, button, panel, note, face);

  @property() sha = '';
  readonly #change = new Resource<Change>(this, (signal) => readCommit(this.sha, signal));

  override willUpdate(changed: PropertyValues<this>): void {
    document.title = `Commit ${shortCommit(this.sha)} · OpenClaw Orchestrator`;
    if (changed.get('sha')) this.#change.reset();
  }

  override render(): TemplateResult {
    return html`<cw-page crumbs heading="Commit ${shortCommit(this.sha)}">
      <section class="panel" aria-labelledby="subject">
        ${faces(this.#change, 'the commit', (change) => this.#commit(change))}
      </section>
    </cw-page>`;
  }

  #commit(change: Change): TemplateResult {
    const [subject = '', ...rest] = change.message.split('\n');
    const body = rest.join('\n').trim();
    const { added, removed } = countPatches(change.files.map((file) => file.patch));
    return html`<header class="panel__head"><h2 id="subject">${subject}</h2></header>
      <div class="panel__body">
        <dl class="facts">
          <dt>Commit</dt>
          <dd><code>${this.sha}</code></dd>
          <dt>Author</dt>
          <dd>${change.author}, ${time(change.at, exactTime(change.at))}</dd>
          ${
            body === ''
              ? ''
              : html`<dt>Message</dt>
                  <dd>${body.split('\n').map((line) => html`${line}<br />`)}</dd>`
          }
          <dt>Changed</dt>
          <dd>${count(change.files.length, 'file')}, +${added} −${removed}</dd>
        </dl>
      </div>
      <cw-diff
        label="Files of this commit"
        .files=${change.files.map((file) => ({ path: file.path, rows: patchRows(file.patch) }))}
      ></cw-diff>`;
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
