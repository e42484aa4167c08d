import { html, nothing, type TemplateResult } from 'lit';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import { icon } from '../../elements/icon.ts';

/** Where a commit named another namespace while bots live in this one: the way back, which the form takes. */
export function namespaceNote(
  { namespace, open_namespaces: open }: Settings,
  wanted: string | undefined,
  change: (namespace: string) => void,
): TemplateResult | typeof nothing {
  const back = open?.find((one) => one !== namespace);
  if (back === undefined) return nothing;
  const isWanted = wanted === back;
  return html`<div class="note" data-tone="warn">
    ${icon('warn')}
    <p>
      The bots live in <code>${back}</code>, and main names <code>${namespace}</code>. Nothing is applied until it names
      ${back} again, or they are gone.
    </p>
    <button class="btn" type="button" aria-pressed=${isWanted} @click=${() => change(isWanted ? namespace : back)}>
      ${isWanted ? `Keep ${namespace}` : `Go back to ${back}`}
    </button>
  </div>`;
}
