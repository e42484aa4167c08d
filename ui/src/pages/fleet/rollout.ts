import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { RolloutStateBody } from '../../../../server/http/schemas/rollout.ts';
import { Selected } from '../../common/controllers.ts';
import { refusalNote } from '../../common/faces.ts';
import { isProposeOnly } from '../../common/save-buttons.ts';
import { badge, commitLink } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { rollBackRollout, steerRollout, type RolloutAction } from '../../data/endpoints.ts';
import { clockOf, count, shortCommit } from '../../data/words/format.ts';
import { PHASE_WORDS, RING_WORDS, ringsOf, rolloutCounts } from '../../data/words/rollout-words.ts';
import '../../elements/dialog.ts';
import { icon } from '../../elements/icon.ts';
import { proposing, router, store, writes } from '../../services.ts';
import { button, dialog, icon as iconSheet, note, panel, sheets } from '../../styles/sheets.ts';

/** What a person is asked about before it is done, as it can't simply be taken back. */
type Asked = 'skip' | 'rollback';

/** A change of claworc.yaml on its way through the fleet: where it is, why it stopped, and what a person can do. */
@customElement('cw-rollout')
export class CwRollout extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, panel, note, dialog),
    css`
      :host {
        display: block;
        margin-block-end: var(--s-4);
      }
      .rings {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-2);
      }
      .ring {
        flex: 1 1 7rem;
        padding: var(--s-1) var(--s-3) var(--s-2);
        border-block-start: 3px solid var(--line);
      }
      .ring[data-standing='done'] {
        border-color: var(--ok);
      }
      .ring[data-standing='now'] {
        border-color: var(--wait);
      }
      .ring p:last-child {
        color: var(--text-3);
        font-size: var(--fs-12);
      }
    `,
  ];

  readonly #fleet = new Selected(this, () => store.fleet);
  @state() private asked: Asked | null = null;
  @state() private busy = false;
  @state() private refusal = '';

  override render(): TemplateResult | typeof nothing {
    const rollout = this.#fleet.value?.rollout ?? null;
    if (rollout === null) return nothing;
    const tone = rollout.phase === 'stopped' ? 'bad' : rollout.phase === 'paused' ? 'warn' : 'wait';
    return html`<section class="panel" aria-label="Rollout">
        <header class="panel__head">
          <h2>Rollout of ${commitLink(rollout.target)}</h2>
          ${badge(tone, PHASE_WORDS[rollout.phase])}
          <div class="panel__end">${this.#buttons(rollout)}</div>
        </header>
        <div class="panel__body">
          ${this.asked === null ? refusalNote(this.refusal) : nothing}
          ${
            rollout.phase === 'stopped'
              ? html`<div class="note" data-tone="warn">
                  ${icon('warn')}
                  <p>${rollout.reason}.</p>
                </div>`
              : nothing
          }
          <ol class="rings" aria-label="Rings">
            ${ringsOf(rollout).map(
              ({ number, bots, standing }) =>
                html`<li class="ring" data-standing=${standing}>
                  <p>Ring ${number}: ${count(bots, 'bot')}</p>
                  <p>${RING_WORDS[standing]}</p>
                </li>`,
            )}
          </ol>
          <p role="status">
            ${rolloutCounts(rollout)}.
            ${
              rollout.next_at === null
                ? nothing
                : rollout.held === 0
                  ? `It is over at ${clockOf(rollout.next_at)} if they stay so.`
                  : `The next ring begins at ${clockOf(rollout.next_at)} if they stay so.`
            }
          </p>
        </div>
      </section>
      ${this.asked === null ? nothing : this.#dialog(this.asked, rollout)}`;
  }

  #buttons(rollout: RolloutStateBody): TemplateResult {
    const { phase, held } = rollout;
    return html`${
        phase === 'running'
          ? html`<button class="btn btn--sm" type="button" @click=${() => void this.#steer('pause', rollout)}>
              ${icon('pause')}Pause
            </button>`
          : html`<button class="btn btn--sm" type="button" @click=${() => void this.#steer('resume', rollout)}>
              ${icon('play')}Go on
            </button>`
      }${
        held === 0
          ? nothing
          : html`<button class="btn btn--sm" type="button" @click=${() => this.#ask('skip')}>Skip the rings</button>`
      }<button class="btn btn--sm" type="button" @click=${() => this.#ask('rollback')}>
        ${icon('undo')}Roll back
      </button>`;
  }

  #dialog(asked: Asked, rollout: RolloutStateBody): TemplateResult {
    const heading = asked === 'skip' ? 'Let all bots have the change?' : 'Take the change back?';
    const proposes = asked === 'rollback' && isProposeOnly();
    return html`<cw-dialog heading=${heading} @cw-close=${this.#close}>
      <div class="dialog__body">
        ${refusalNote(this.refusal)}
        ${
          asked === 'skip'
            ? html`<p>
                ${count(rollout.held, 'bot that waits gets', 'bots that wait get')} what ${commitLink(rollout.target)}
                has, all at once.
              </p>`
            : html`<p>
                claworc.yaml says again what it said at ${commitLink(rollout.from)}, but for the namespace, recipients,
                policy and how changes go through the fleet. Bots that have the change get what they had before, all at
                once; records stay as they are.
              </p>`
        }
      </div>
      <div slot="foot" class="dialog__foot">
        <span class="push"></span>
        <button class="btn" type="button" autofocus @click=${this.#close}>Cancel</button>
        <button
          class="btn btn--danger"
          type="button"
          @click=${() => void (asked === 'skip' ? this.#steer('skip', rollout) : this.#rollBack(rollout))}
        >
          ${asked === 'skip' ? 'Skip the rings' : proposes ? 'Propose the rollback' : 'Roll back'}
        </button>
      </div>
    </cw-dialog>`;
  }

  #ask(asked: Asked): void {
    this.refusal = '';
    this.asked = asked;
  }

  readonly #close = (): void => {
    this.refusal = '';
    this.asked = null;
  };

  readonly #steer = (action: RolloutAction, { target }: RolloutStateBody): Promise<void> =>
    this.#do(() => steerRollout(action, target));

  async #rollBack({ target, from }: RolloutStateBody): Promise<void> {
    const title = `Roll the fleet's defaults back to ${shortCommit(from)}`;
    if (isProposeOnly()) {
      const write = (into: Parameters<typeof rollBackRollout>[1]) => rollBackRollout(target, into);
      proposing.ask({ title, names: [], write, done: () => router.go('proposals') });
      this.#close();
      return;
    }
    await this.#do(async () => {
      await rollBackRollout(target);
      writes.follow(title, []);
    });
  }

  async #do(act: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refusal = '';
    try {
      await act();
      this.asked = null;
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }
}
