import { html, nothing, type TemplateResult } from 'lit';
import type { Overview } from '../../../../server/http/schemas/answers.ts';
import { time } from '../../common/word-marks.ts';
import { clockOf } from '../../data/words/format.ts';
import { icon } from '../../elements/icon.ts';

/** What rests as something else keeps changing it, and the way to go on at once. */
export function fightNote(overview: Overview | undefined, goOn: () => void): TemplateResult | typeof nothing {
  const fights = overview?.fights ?? [];
  if (fights.length === 0) return nothing;
  return html`<div class="note" data-tone="warn" role="status">
    ${icon('warn')}
    <div class="stack">
      ${fights.map(
        ({ kind, name, count, managers, goes_on_at: at }) =>
          html`<p>
            ${kind} <code>${name}</code> was put right ${count} times in 10 minutes, and
            ${managers.length === 0 ? 'something that the cluster does not name' : managers.join(', ')} undid it each
            time. It rests until ${time(at, clockOf(at))}.
          </p>`,
      )}
      <div class="row-wrap"><button class="btn" type="button" @click=${goOn}>Put it right now</button></div>
    </div>
  </div>`;
}
