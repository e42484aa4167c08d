import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { commitLink } from '../common/word-marks.ts';
import type { Step, StepState } from '../data/words/track.ts';
import { icon as iconSheet, sheets, status, track } from '../styles/sheets.ts';
import { icon } from './icon.ts';
import type { IconName } from './icon-paths.ts';

const GLYPHS: Readonly<Record<StepState, IconName>> = {
  todo: 'y-todo',
  draft: 'y-draft',
  now: 's-creating',
  done: 'y-applied',
  bad: 'y-failed',
};

/** The life of a write in four steps; the line is solid only behind what has happened. */
@customElement('cw-track')
export class CwTrack extends LitElement {
  static override styles = sheets(iconSheet, status, track);

  @property({ attribute: false }) steps: readonly Step[] = [];
  @property() label = 'Way of this change';
  /** Stands upright on a narrow page. */
  @property({ type: Boolean }) fold = false;
  /** Names of steps only, for messages. */
  @property({ type: Boolean }) brief = false;

  override render(): TemplateResult {
    return html`<ol class=${this.fold ? 'track track--fold' : 'track'} aria-label=${this.label}>
      ${this.steps.map((step) => this.#step(step))}
    </ol>`;
  }

  #step(step: Step): TemplateResult {
    const words: Readonly<Record<StepState, string>> = {
      todo: 'not begun',
      draft: 'saved',
      now: 'under way',
      done: 'done',
      bad: 'refused',
    };
    const hasMeta = step.commit !== undefined || (!this.brief && step.meta !== undefined);
    return html`<li class="track__step" data-state=${step.state}>
      ${icon(GLYPHS[step.state], step.state === 'now')}<span class="track__body"
        ><span class="track__name">${step.name}<span class="visually-hidden">, ${words[step.state]}</span></span
        >${
          hasMeta
            ? html`<span class="track__meta"
                >${step.commit === undefined ? nothing : commitLink(step.commit)}
                ${this.brief ? nothing : (step.meta ?? nothing)}</span
              >`
            : nothing
        }</span
      >
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-track': CwTrack;
  }
}
