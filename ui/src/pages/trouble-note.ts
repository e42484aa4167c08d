import { html, nothing, type TemplateResult } from 'lit';
import type { Instance } from '../../../server/http/schemas/instance.ts';
import type { Overview } from '../../../server/http/schemas/answers.ts';
import { repairPlace } from '../data/repair.ts';
import { icon } from '../elements/icon.ts';

/** In error the cause comes first, and the one button in ink leads to what can mend it. */
export function troubleNote(instance: Instance, overview: Overview | undefined): TemplateResult | typeof nothing {
  const { status: state, status_reason, sync, sync_reason, name } = instance;
  if (state !== 'error' && sync !== 'failed') return nothing;
  const [title, reason] =
    state === 'error'
      ? [`Error: ${status_reason}`, overview?.status_next ?? '']
      : ['The change was refused', sync_reason];
  const place = overview === undefined ? undefined : repairPlace(overview.status_repair, instance);
  const command = overview?.status_command ?? null;
  const ink = (wanted: boolean): string => (wanted ? 'btn btn--primary' : 'btn');
  return html`<section class="note" data-tone="bad" aria-labelledby="trouble">
    ${icon('s-error')}
    <h2 id="trouble">${title}</h2>
    ${reason === '' ? nothing : html`<p>${reason}</p>`}
    ${command === null ? nothing : html`<p><code>${command}</code></p>`}
    <div class="row-wrap">
      ${place === undefined ? nothing : html`<a class=${ink(true)} href=${place.href}>${place.label}</a>`}
      ${command === null ? nothing : copyButton(command, ink(place === undefined))}
      <a class=${ink(place === undefined && command === null)} href="instances/${name}/changes"
        >${icon('diff')}What changed</a
      >
      ${
        overview?.status_repair === 'log'
          ? html`<a class="btn btn--quiet" href="instances/${name}/config">Edit config</a>`
          : html`<a class="btn btn--quiet" href="instances/${name}/logs">${icon('lines')}Log</a>`
      }
    </div>
  </section>`;
}

function copyButton(command: string, classes: string): TemplateResult {
  return html`<button
    class=${classes}
    type="button"
    title=${command}
    @click=${() => void navigator.clipboard.writeText(command)}
  >
    ${icon('copy')}Copy command
  </button>`;
}
