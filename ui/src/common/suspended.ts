import { html, nothing, type TemplateResult } from 'lit';
import { suspensionWords } from '../../../constructs/schema/reconcile.ts';
import type { Instance } from '../../../server/http/schemas/instance.ts';
import { icon } from '../elements/icon.ts';
import { badge } from './word-marks.ts';

/** Beside its status: that nothing is written for the bot; why stands in its title. */
export function suspendedMark({ reconcile }: Instance): TemplateResult | typeof nothing {
  const { mode, reason, from } = reconcile;
  if (mode === 'apply') return nothing;
  const word = mode === 'suspend' ? 'suspended' : 'only compared';
  return html`<span title=${suspensionWords({ mode, reason, from })}>${badge('warn', word)}</span> `;
}

/** The same in a row, which has no room for a word on every screen. */
export function suspendedGlyph({ reconcile }: Instance): TemplateResult | typeof nothing {
  const { mode, reason, from } = reconcile;
  if (mode === 'apply') return nothing;
  const words = suspensionWords({ mode, reason, from });
  return html`<span class="badge" data-tone="warn" role="img" aria-label=${words} title=${words}
    >${icon(mode === 'suspend' ? 'pause' : 'eye')}</span
  >`;
}

/** On the page of a bot: what it means that it is suspended, and who ends it. */
export function suspendedNote({ reconcile }: Instance): TemplateResult | typeof nothing {
  const { mode, reason, from } = reconcile;
  if (mode === 'apply') return nothing;
  const words = suspensionWords({ mode, reason, from });
  return html`<div class="note" data-tone="warn">
    ${icon('pause')}
    <p>
      This bot is ${words}. What is changed here becomes a commit, and nothing of it is written in the cluster before
      ${from === 'fleet' ? html`the fleet is resumed in the <a href="settings">settings</a>.` : 'it is resumed.'}
    </p>
  </div>`;
}
