import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Comparison, Revision } from '../../../../server/http/schemas/history.ts';
import { faces } from '../../common/faces.ts';
import { Resource } from '../../common/resource.ts';
import { commitLink, time } from '../../common/word-marks.ts';
import { compareCommits } from '../../data/endpoints.ts';
import { exactTime, shortCommit } from '../../data/words/format.ts';
import type { Route } from '../../data/router.ts';
import '../../elements/page.ts';
import { icon } from '../../elements/icon.ts';
import { button, face, icon as iconSheet, note, panel, sheets } from '../../styles/sheets.ts';
import '../proposals/proposal-changes.ts';

/** What lies between two commits, for one bot or the fleet. */
@customElement('cw-compare')
export class CwCompare extends LitElement {
  static override styles = sheets(iconSheet, button, panel, note, face);

  @property({ attribute: false }) route!: Route;
  readonly #comparison = new Resource<Comparison>(this, (signal) => {
    const { name, from, to } = this.#asked;
    return compareCommits(name, from, to, signal);
  });

  get #asked(): { readonly name: string | undefined; readonly from: string; readonly to: string } {
    const { params, search } = this.route;
    return { name: params.name, from: search.get('from') ?? '', to: search.get('to') ?? '' };
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const { name = 'Fleet' } = this.#asked;
    document.title = `${name} · Compare · OpenClaw Orchestrator`;
    if (changed.get('route') !== undefined) this.#comparison.reset();
  }

  override render(): TemplateResult {
    const { name, from, to } = this.#asked;
    const heading = `${name ?? 'Fleet'}, ${shortCommit(from)} to ${shortCommit(to)}`;
    const parent = name === undefined ? 'activity' : `instances/${name}/changes`;
    return html`<cw-page crumbs parent=${parent} parentTitle=${name ?? 'Activity'} .heading=${heading}>
      ${faces(this.#comparison, 'the comparison', (comparison) => this.#ready(comparison))}
    </cw-page>`;
  }

  #ready({ from, to, is_newer, effect, files }: Comparison): TemplateResult {
    const { name } = this.#asked;
    const turned = `${name === undefined ? '' : `instances/${name}/`}compare?from=${to.commit}&to=${from.commit}`;
    return html`<section class="panel" aria-labelledby="ends">
        <header class="panel__head">
          <h2 id="ends">Two commits</h2>
          <div class="panel__end"><a class="btn btn--quiet" href=${turned}>${icon('diff')}The other way round</a></div>
        </header>
        <div class="panel__body">
          <dl class="facts">
            <dt>From</dt>
            <dd>${this.#revision(from)}</dd>
            <dt>To</dt>
            <dd>${this.#revision(to)}${is_newer ? '' : html` <span class="muted small">not after the other</span>`}</dd>
          </dl>
        </div>
      </section>
      <cw-proposal-changes lead="This" .effect=${effect} .sources=${files}></cw-proposal-changes>`;
  }

  #revision({ commit, message, author, at }: Revision): TemplateResult {
    return html`${commitLink(commit)} ${message}
      <span class="muted small">by ${author}, ${time(at, exactTime(at))}</span>`;
  }
}
