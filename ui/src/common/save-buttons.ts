import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { icon } from '../elements/icon.ts';
import type { IconName } from '../elements/icon-paths.ts';
import { proposing, store } from '../services.ts';

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
  const only = isProposeOnly();
  const offer = offered(options.isReady && !options.busy ? propose : undefined);
  if (only) return button(options, 'Propose', 'proposal', danger ? 'btn--danger' : 'btn--primary', propose, offer);
  return html`${button(options, 'Propose instead', undefined, '', propose, offer)}
  ${button(options, options.busy ? 'Publishing' : label, options.icon ?? 'commit', danger ? 'btn--danger' : 'btn--primary', save)}`;
}

/** The palette proposes what a form holds while the form's own button could. */
function offered(propose: (() => unknown) | undefined): (button: Element | undefined) => void {
  let own: Element | undefined;
  return (button) => {
    if (button !== undefined) own = button;
    if (own !== undefined) proposing.put(own, button === undefined ? undefined : propose);
  };
}

function button(
  { isReady, busy, describedBy }: SaveOptions,
  label: string,
  name: IconName | undefined,
  tone: string,
  act: () => unknown,
  seen: (button: Element | undefined) => void = () => undefined,
): TemplateResult {
  const isOpen = isReady && !busy;
  return html`<button
    ${ref(seen)}
    class=${isReady ? `btn ${tone}` : 'btn'}
    type="button"
    aria-disabled=${isOpen ? nothing : 'true'}
    aria-describedby=${isOpen ? nothing : (describedBy ?? nothing)}
    @click=${() => (isOpen ? act() : undefined)}
  >
    ${name === undefined ? nothing : icon(name)}${label}
  </button>`;
}
