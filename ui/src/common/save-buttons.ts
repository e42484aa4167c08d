import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../elements/icon.ts';
import type { IconName } from '../elements/icon-paths.ts';
import { store } from '../services.ts';

export interface SaveOptions {
  /** `Publish to main`. */
  readonly label: string;
  /** Default: a commit. */
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly isReady: boolean;
  readonly busy: boolean;
  /** Element that says why it is not ready. */
  readonly describedBy?: string;
  readonly save: () => unknown;
  readonly propose: () => unknown;
}

/** Whether main of this fleet takes changes by proposals alone. */
export function isProposeOnly(): boolean {
  return store.fleet?.publish === 'propose';
}

/** The two ends of a form: onto main, or into a proposal. Where main takes proposals alone there is the latter only. */
export function saveButtons(options: SaveOptions): TemplateResult {
  const { save, propose, label, danger = false } = options;
  if (isProposeOnly()) return button(options, 'Propose', 'proposal', danger ? 'btn--danger' : 'btn--primary', propose);
  return html`${button(options, 'Propose instead', undefined, '', propose)}
  ${button(options, options.busy ? 'Publishing' : label, options.icon ?? 'commit', danger ? 'btn--danger' : 'btn--primary', save)}`;
}

function button(
  { isReady, busy, describedBy }: SaveOptions,
  label: string,
  name: IconName | undefined,
  tone: string,
  act: () => unknown,
): TemplateResult {
  const isOpen = isReady && !busy;
  return html`<button
    class=${isReady ? `btn ${tone}` : 'btn'}
    type="button"
    aria-disabled=${isOpen ? nothing : 'true'}
    aria-describedby=${isOpen ? nothing : (describedBy ?? nothing)}
    @click=${() => (isOpen ? act() : undefined)}
  >
    ${name === undefined ? nothing : icon(name)}${label}
  </button>`;
}
