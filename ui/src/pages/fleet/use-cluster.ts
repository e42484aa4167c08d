import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { OfferPlan } from '../../../../server/http/schemas/offer-plan.ts';
import { faces, refusalNote } from '../../common/faces.ts';
import { Resource } from '../../common/resource.ts';
import { commitLink } from '../../common/word-marks.ts';
import { ApiError } from '../../data/api.ts';
import { acceptCluster, readClusterPlan } from '../../data/endpoints.ts';
import { count } from '../../data/words/format.ts';
import { isTouched, reasonsOf, totalWords, unitWords, type PlannedUnit } from '../../data/words/plan-words.ts';
import '../../elements/dialog.ts';
import { icon } from '../../elements/icon.ts';
import { button, dialog, face, icon as iconSheet, note, panel, sheets } from '../../styles/sheets.ts';

/** The unit that is no bot; bots' names begin with `bot-`. */
const FLEET_UNIT = 'fleet';

/** Asks before a cluster that nobody named is written to: which one, and what would be done to it. `cw-close` when done. */
@customElement('cw-use-cluster')
export class CwUseCluster extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, note, panel, face, dialog),
    css`
      .unit {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--s-1) var(--s-4);
        padding-block: var(--s-2);
        border-block-end: 1px solid var(--line);
      }
      .unit__why {
        grid-column: 1 / -1;
      }
      .unit--total {
        border-block-end: 0;
      }
      #why:empty {
        display: none;
      }
      dd {
        overflow-wrap: anywhere;
      }
    `,
  ];

  readonly #plan = new Resource<OfferPlan>(this, readClusterPlan);
  @state() private busy = false;
  @state() private refusal = '';

  override render(): TemplateResult {
    return html`<cw-dialog heading="Use this cluster?" @cw-close=${this.#close}>
      <div class="dialog__body">
        <p class="soft">
          No cluster was named, so the one that kubectl would use is offered. Nothing is written to it before you use
          it; from then on it gets what stands on main and is kept that way. The choice is remembered.
        </p>
        ${refusalNote(this.refusal)} ${faces(this.#plan, 'the plan', (plan) => this.#ready(plan))}
      </div>
      <div slot="foot" class="dialog__foot">
        <span class="muted small" id="why" aria-live="polite">${this.#missing}</span>
        <span class="push"></span>
        <button class="btn" type="button" autofocus @click=${this.#close}>Cancel</button>
        <button
          class="btn btn--primary"
          type="button"
          aria-disabled=${this.#missing === '' && !this.busy ? nothing : 'true'}
          aria-describedby=${this.#missing === '' ? nothing : 'why'}
          @click=${this.#accept}
        >
          ${icon('cluster')}${this.busy ? 'Connecting' : 'Use this cluster'}
        </button>
      </div>
    </cw-dialog>`;
  }

  #ready(plan: OfferPlan): TemplateResult {
    return html`<dl class="facts">
        <dt>Context</dt>
        <dd><code>${plan.context}</code></dd>
        <dt>Server</dt>
        <dd><code>${plan.server}</code></dd>
        <dt>Namespace</dt>
        <dd>
          ${plan.namespace === null ? 'none: claworc.yaml on main cannot be read' : html`<code>${plan.namespace}</code>`}
        </dd>
        <dt>Commit</dt>
        <dd>${commitLink(plan.commit)}</dd>
      </dl>
      ${plan.notes.map(
        (words) =>
          html`<div class="note" data-tone="warn">
            ${icon('y-failed')}
            <p>${words}</p>
          </div>`,
      )}
      <section aria-labelledby="objects">
        <h3 id="objects">Objects in the cluster</h3>
        ${this.#units(plan.units)}
        ${plan.effect.words === '' ? nothing : html`<p class="unit unit--total strong"><span>Bots</span><span>${plan.effect.words}</span></p>`}
      </section>`;
  }

  #units(units: readonly PlannedUnit[]): TemplateResult {
    const quiet = units.filter((unit) => !isTouched(unit) && unit.name !== FLEET_UNIT).length;
    return html`<ul>
        ${units.filter(isTouched).map((unit) => this.#unit(unit))}
      </ul>
      ${quiet === 0 ? nothing : html`<p class="unit muted">${count(quiet, 'bot')} without a change</p>`}
      <p class="unit unit--total strong"><span>Total</span><span>${totalWords(units)}</span></p>`;
  }

  #unit(unit: PlannedUnit): TemplateResult {
    return html`<li class="unit">
      ${unit.name === FLEET_UNIT ? html`<span>Global keys</span>` : html`<code class="clip" title=${unit.name}>${unit.name}</code>`}
      <span>${unitWords(unit)}</span>
      ${reasonsOf(unit).map((reason) => html`<p class="unit__why muted small">${reason}</p>`)}
    </li>`;
  }

  /** Why the cluster cannot be used yet; else empty. */
  get #missing(): string {
    if (this.#plan.value !== undefined) return '';
    return this.#plan.error === null ? 'The plan is being read' : 'Not before the plan can be read';
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('cw-close'));
  };

  readonly #accept = async (): Promise<void> => {
    const plan = this.#plan.value;
    if (this.busy || plan === undefined) return;
    this.busy = true;
    this.refusal = '';
    try {
      await acceptCluster(plan.context);
      this.#close();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  };
}
