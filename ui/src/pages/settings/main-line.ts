import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { refusalNote } from '../../common/faces.ts';
import type { FleetState } from '../../../../server/http/schemas/answers.ts';
import { Selected, Ticking } from '../../common/controllers.ts';
import { commitLink, time, word } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { pullMain, restoreBranch } from '../../data/endpoints.ts';
import { ageOf, count } from '../../data/words/format.ts';
import { mainTrouble } from '../../data/words/git-words.ts';
import { icon } from '../../elements/icon.ts';
import { cloneAddress } from './clone-address.ts';
import { store } from '../../services.ts';
import { button, icon as iconSheet, layout, note, panel, sheets, status } from '../../styles/sheets.ts';
import './two-heads.ts';

/** Main: where it lives, how it stands there, and what a person can do about it. */
@customElement('cw-main-line')
export class CwMainLine extends LitElement {
  static override styles = sheets(iconSheet, status, button, layout, panel, note);

  @state() private busy = false;
  @state() private refusal = '';
  readonly #fleet = new Selected(this, () => store.fleet);
  readonly #clock = new Ticking(this, 5_000);

  override render(): TemplateResult | typeof nothing {
    const fleet = this.#fleet.value;
    if (fleet === null) return nothing;
    const { git } = fleet;
    const trouble = mainTrouble(git);
    return html`<section class="panel" aria-labelledby="main">
      <header class="panel__head"><h2 id="main">Main</h2></header>
      <div class="panel__body">
        ${this.#facts(fleet)}
        ${
          trouble === null
            ? nothing
            : html`<div class="note" data-tone="warn">
                ${icon('warn')}
                <p><strong>${trouble.title}</strong> ${trouble.detail}</p>
              </div>`
        }
        ${[git.remote?.branches ?? '', git.remote?.forge?.trouble ?? '']
          .filter((words) => words !== '')
          .map(
            (words) =>
              html`<div class="note" data-tone="warn">
                ${icon('warn')}
                <p>${words}</p>
              </div>`,
          )}
        ${
          git.state === 'rewritten'
            ? html`<cw-two-heads .heads=${git.heads} @cw-accepted=${() => (this.refusal = '')}></cw-two-heads>`
            : nothing
        }
        ${fleet.problems.map(
          (problem) =>
            html`<div class="note" data-tone="bad">
              ${icon('y-failed')}
              <p><code>${problem.file}${problem.line === null ? '' : `:${problem.line}`}</code> ${problem.message}</p>
            </div>`,
        )}
        ${refusalNote(this.refusal)}
      </div>
      ${git.remote === null ? nothing : this.#acts(git.trouble === 'branch_gone')}
    </section>`;
  }

  #facts({ git, head, retained }: FleetState): TemplateResult {
    const { remote } = git;
    const forge = remote?.forge?.title;
    return html`<dl class="facts">
      ${
        remote === null
          ? html`<dt>Lives</dt>
              <dd>in the data folder of this server</dd>`
          : html`<dt>Remote</dt>
              <dd class="break">${remote.url}</dd>`
      }
      ${
        forge === undefined
          ? nothing
          : html`<dt>Forge</dt>
              <dd class="break">${forge}</dd>`
      }
      <dt>Branch</dt>
      <dd>${remote?.branch ?? 'main'} ${head === null ? nothing : commitLink(head)}</dd>
      ${cloneAddress()}
      <dt>State</dt>
      <dd>
        ${
          git.waits_for === null
            ? word({ word: 'Followed', icon: 'y-applied', tone: 'ok', rule: '' })
            : word({ word: 'Waits', icon: 'warn', tone: 'warn', rule: '' }, `for ${git.waits_for}`)
        }
      </dd>
      ${
        remote === null
          ? nothing
          : html`<dt>Last seen</dt>
              <dd>${this.#seen(remote.last_seen)}</dd>`
      }
      ${
        retained.length === 0
          ? nothing
          : html`<dt>Kept data</dt>
              <dd>
                ${retained.map((one) => html`<code>${one.instance}</code> (${count(one.volumes.length, 'volume')})<br />`)}
              </dd>`
      }
    </dl>`;
  }

  #seen(at: string | null): unknown {
    return at === null ? 'not since this server started' : time(at, `${ageOf(at, this.#clock.now)} ago`);
  }

  #acts(isGone: boolean): TemplateResult {
    return html`<footer class="panel__foot">
      <span class="push"></span>
      ${
        isGone
          ? html`<button
              class="btn"
              type="button"
              aria-disabled=${this.busy ? 'true' : nothing}
              @click=${this.#restore}
            >
              Push main back
            </button>`
          : nothing
      }
      <button class="btn" type="button" aria-disabled=${this.busy ? 'true' : nothing} @click=${this.#pull}>
        ${icon('restart')}Ask the remote now
      </button>
    </footer>`;
  }

  readonly #pull = (): void => void this.#do(pullMain);
  readonly #restore = (): void => void this.#do(restoreBranch);

  /** The new state comes with the events of the fleet. */
  async #do(act: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refusal = '';
    try {
      await act();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }
}
