import { html, nothing, type TemplateResult } from 'lit';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import type { Overview } from '../../../../server/http/schemas/answers.ts';
import { repairPlace } from '../../data/words/repair.ts';
import '../../elements/copy.ts';
import { icon } from '../../elements/icon.ts';

/** `isExternal`: another program applies. In error the cause comes first, and the one button in ink leads to what can mend it. */
export function troubleNote(
  instance: Instance,
  overview: Overview | undefined,
  isExternal: boolean,
): TemplateResult | typeof nothing {
  const { status: state, status_reason, sync, sync_reason, name, leaving } = instance;
  if (leaving !== null && state !== 'error')
    return leavingNote(leaving, sync === 'failed' ? 'bad' : 'warn', isExternal);
  if (state !== 'error' && sync !== 'failed') return nothing;
  const [title, reason] =
    state === 'error'
      ? [`Error: ${status_reason}`, overview?.status_next ?? '']
      : ['The change was refused', sync_reason];
  const command = overview?.status_command ?? null;
  const found = overview === undefined ? undefined : repairPlace(overview.status_repair, instance, command);
  const isLeaving = leaving !== null;
  // Of a bot that leaves nothing can be changed; what only shows is open.
  const place = isLeaving && found !== undefined && !found.isToLook ? undefined : found;
  return html`<section class="note" data-tone="bad" aria-labelledby="trouble">
    ${icon('s-error')}
    <h2 id="trouble">${title}</h2>
    ${reason === '' ? nothing : html`<p>${reason}</p>`}
    ${command === null ? nothing : html`<p><code>${command}</code></p>`}
    <div class="row-wrap">
      ${place === undefined ? nothing : html`<a class="btn btn--primary" href=${place.href}>${place.label}</a>`}
      ${
        command === null
          ? nothing
          : html`<cw-copy look=${place === undefined ? 'primary' : 'plain'} what="command" .text=${command}></cw-copy>`
      }
      <a class="btn" href="instances/${name}/changes">${icon('diff')}What changed</a>
      ${
        overview?.status_repair === 'log' && !isLeaving
          ? html`<a class="btn btn--quiet" href="instances/${name}/config">Edit config</a>`
          : html`<a class="btn btn--quiet" href="instances/${name}/logs">${icon('lines')}Log</a>`
      }
    </div>
  </section>`;
}

/** Main has it no more: what is told is what it waits for and what becomes of its data. */
function leavingNote(
  { data, waits_for }: NonNullable<Instance['leaving']>,
  tone: 'bad' | 'warn',
  isExternal: boolean,
): TemplateResult {
  const destroy = isExternal ? 'Its volumes go when a person deletes them.' : 'Its volumes are destroyed after it.';
  const fate = { retain: 'Its volumes are kept.', destroy };
  return html`<section class="note" data-tone=${tone} aria-labelledby="leaving">
    ${icon('s-stopped')}
    <h2 id="leaving">Leaving</h2>
    <p>Main has this bot no more. The cluster still has objects of it: ${waits_for}.</p>
    ${data === null ? nothing : html`<p>${fate[data]}</p>`}
  </section>`;
}
