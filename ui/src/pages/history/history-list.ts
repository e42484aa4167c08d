import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Change } from '../../../../server/http/schemas/answers.ts';
import { Ticking } from '../../common/controllers.ts';
import { emptyFace } from '../../common/faces.ts';
import { OlderPages } from '../../common/older-pages.ts';
import { PickTwo } from '../../common/pick-two.ts';
import { badge, commitLink, signatureMark, time } from '../../common/word-marks.ts';
import { readHistory } from '../../data/endpoints.ts';
import { count, exactTime, subjectOf, whenOf } from '../../data/words/format.ts';
import { countPatches } from '../../data/text/patch.ts';
import { isTroubled, resultWords } from '../../data/words/result-words.ts';
import { diffFile } from '../../elements/diff.ts';
import { icon } from '../../elements/icon.ts';
import type { IconName } from '../../elements/icon-paths.ts';
import { button, face, form, history, icon as iconSheet, panel, sheets, status } from '../../styles/sheets.ts';

const NODES: Readonly<Record<Change['state'], readonly [state: string, name: IconName]>> = {
  draft: ['draft', 'y-draft'],
  proposed: ['draft', 'proposal'],
  published: ['now', 'y-published'],
  applied: ['done', 's-running'],
  failed: ['bad', 'y-failed'],
  conflict: ['bad', 'y-failed'],
};

/** The bot that a history is about; it may be one that main has no more. */
export interface BotName {
  readonly name: string;
  readonly display_name: string;
}

/**
 * The changes of a bot, each with its patch; two of them can be picked and compared. `cw-open` with the id of an entry
 * that is opened or closed, `cw-restore` with a change that is to be restored.
 */
@customElement('cw-history')
export class CwHistory extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, panel, form, history, face),
    PickTwo.styles,
    css`
      .row-button {
        display: flex;
        align-items: center;
        gap: 0 var(--s-3);
        flex: 1;
        min-inline-size: 0;
        min-block-size: 1.5rem;
        padding: 0;
        border: 0;
        background: none;
        text-align: start;
      }
      .patch {
        position: relative;
        grid-column: 1 / -1;
        margin-block: var(--s-2);
        border: 1px solid var(--line);
        border-radius: var(--r-2);
        overflow: clip;
        background: var(--bg);
      }
      .subject {
        flex: none;
        max-inline-size: 60%;
      }
      @container (max-width: 36rem) {
        .history__line {
          flex-wrap: nowrap;
        }
        .row-button {
          flex: 1;
          flex-wrap: wrap;
        }
        .history__tools {
          flex: none;
        }
        .subject {
          flex: 1 1 100%;
          max-inline-size: 100%;
        }
      }
    `,
  ];

  @property({ attribute: false }) bot!: BotName;
  @property({ attribute: false }) changes: readonly Change[] = [];
  /** Where older changes begin; null where these are all. */
  @property({ attribute: false }) next: string | null = null;
  /** Id of the entry whose patch is shown. */
  @property() opened = '';
  readonly #picks = new PickTwo(this);
  readonly #older = new OlderPages<Change>(this, (after) => readHistory(this.bot.name, undefined, after));
  readonly #clock = new Ticking(this, 30_000);

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('bot');
    if (before === undefined || before.name === this.bot.name) return;
    this.#older.reset();
    this.#picks.reset();
  }

  /** Newest first. */
  get #all(): readonly Change[] {
    return this.#older.behind(this.changes);
  }

  override render(): TemplateResult {
    const all = this.#all;
    const next = this.#older.nextAfter(this.next);
    return html`<section class="panel" aria-labelledby="history">
      <header class="panel__head">
        <h2 id="history">History</h2>
        <span class="muted small">${count(all.length, 'revision')}${next === null ? '' : ', more behind them'}</span>
        ${this.#compare()}
      </header>
      ${
        all.length === 0
          ? emptyFace('commit', 'No commit yet', 'The first one appears here by itself.')
          : html`<ol class="history history--tools">
              ${all.map((change) => this.#entry(change))}
            </ol>`
      }
      ${next === null ? nothing : html`<footer class="panel__foot">${this.#older.button(this.next)}</footer>`}
    </section>`;
  }

  #compare(): TemplateResult {
    const commits = this.#all.flatMap(({ commit }) => commit ?? []);
    return html`<div class="panel__end">${this.#picks.link(commits, `instances/${this.bot.name}/compare`)}</div>`;
  }

  #entry(change: Change): TemplateResult {
    const [nodeState, name] = isTroubled(change) ? NODES.failed : NODES[change.state];
    const isOpen = this.opened === change.id;
    const { added, removed } = countPatches(change.files.map((file) => file.patch));
    const isWhole = change.files.every(({ patch }) => patch !== null);
    const about = [change.author, whenOf(change.at, this.#clock.now)].join(', ');
    const result = resultWords(change);
    const subject = subjectOf(change.message, this.bot);
    const signature = change.signature === null ? nothing : signatureMark(change.signature);
    // On a narrow page the end of the line is cut off: what nobody vouches for comes first.
    const isDoubted = change.signature !== null && change.signature.state !== 'good';
    return html`<li data-state=${nodeState} ?data-picked=${isOpen}>
      ${icon(name)}
      <div class="history__line">
        <button
          class="row-button"
          type="button"
          aria-expanded=${isOpen}
          @click=${() => this.dispatchEvent(new CustomEvent('cw-open', { detail: isOpen ? '' : change.id }))}
        >
          <span class="clip subject" title=${subject}>${subject}</span>
          <span class="muted small clip"
            >${isDoubted ? html`${signature}, ` : nothing}${time(change.at, about)}${
              result === '' ? nothing : `, ${result}`
            }${isDoubted || signature === nothing ? nothing : html`, ${signature}`}</span
          >
        </button>
        ${change.action === 'configure' ? nothing : badge(change.action === 'create' ? 'ok' : 'bad', `${change.action}d`)}
        ${change.proposal === null ? nothing : html`<a class="small" href="proposals/${change.proposal}">#${change.proposal}</a>`}
        <span class="history__tools"
          ><span class="muted small nowrap hide-narrow">${isWhole ? `+${added} −${removed}` : nothing}</span>${
            change.commit === null
              ? nothing
              : html`${commitLink(change.commit)}${this.#picks.box(change.commit, subject)}`
          }</span
        >
      </div>
      ${isOpen ? this.#opened(change, subject) : nothing}
    </li>`;
  }

  #opened(change: Change, subject: string): TemplateResult {
    return html`<div class="patch">
      ${
        change.commit === null
          ? nothing
          : html`<div class="panel__head">
              ${this.#facts(change)}
              <div class="panel__end">
                <button
                  class="btn"
                  type="button"
                  @click=${() => this.dispatchEvent(new CustomEvent('cw-restore', { detail: change }))}
                >
                  ${icon('restart')}Restore
                </button>
              </div>
            </div>`
      }
      <cw-diff label="Files of ${subject}" .files=${change.files.map(diffFile)}></cw-diff>
    </div>`;
  }

  /** The way of a change that is over, whole: the line above may be too short for it. */
  #facts(change: Change): TemplateResult {
    const { applied_at, published_at } = change;
    const result = resultWords(change);
    const parts = [
      published_at === null ? '' : `On main ${exactTime(published_at)}`,
      applied_at === null ? '' : `in the cluster ${exactTime(applied_at)}`,
      result,
    ].filter((part) => part !== '');
    return html`<span class="muted small wrap">${parts.join('; ')}.</span>`;
  }
}
