import { html, nothing, type TemplateResult } from 'lit';
import type { FleetState } from '../../../../server/http/schemas/answers.ts';
import type { LivePreview } from '../../common/live-preview.ts';
import { fileLines, newFileView } from '../../common/preview-lines.ts';
import { badge, commitLink } from '../../common/word-marks.ts';
import { count, totalSize } from '../../data/words/format.ts';
import { STORAGE_FIELDS, takesOver, type InstanceForm } from '../../data/forms/instance-form.ts';
import { refusalText } from './create-words.ts';

/** What a new bot will commit, beside its form; `preview` is null while the form cannot be sent. */
export function createAside(form: InstanceForm, preview: LivePreview | null, fleet: FleetState | null): TemplateResult {
  const head = fleet?.head ?? null;
  const value = preview?.value ?? null;
  return html`<section class="dialog__aside" aria-labelledby="will">
    <div class="row">
      <h3 id="will">What will be committed</h3>
      <span class="push">${form.display_name === '' ? nothing : validity(preview)}</span>
    </div>
    <dl class="facts">
      <dt>To</dt>
      <dd>main${head === null ? nothing : html`, on top of ${commitLink(head)}`}</dd>
      <dt>Message</dt>
      <dd>${value?.message ?? html`<span class="muted">Create …</span>`}</dd>
    </dl>
    ${value === null ? waiting(preview) : files(form, value, fleet)}
  </section>`;
}

function validity(preview: LivePreview | null): TemplateResult | typeof nothing {
  if (preview === null) return badge('warn', 'incomplete', 'y-draft');
  if (preview.error !== null) return badge('bad', 'refused', 'y-failed');
  return preview.value === null ? nothing : badge('ok', 'valid', 'y-applied');
}

function waiting(preview: LivePreview | null): TemplateResult {
  if (preview !== null && preview.error !== null) return html`<p role="alert">${refusalText(preview.error)}</p>`;
  return html`<p class="muted small">Files appear here as soon as the form is complete.</p>`;
}

function files(
  form: InstanceForm,
  value: NonNullable<LivePreview['value']>,
  fleet: FleetState | null,
): readonly TemplateResult[] {
  const rendered = value.files.filter((file) => file.path.startsWith('dist/')).length;
  const size = totalSize(STORAGE_FIELDS.map((field) => form.sizes[field])) ?? '';
  const claimed = takesOver(form) ? 'with the volumes that were kept' : `${size} to claim`;
  const what = `${count(rendered, 'object')}, ${claimed}`;
  return [
    html`<ul class="panel items">
      ${fileLines(value.files)}
    </ul>`,
    html`${newFileView(value.files.find((file) => file.path.startsWith('instances/')))}`,
    html`<p class="muted small">${whoApplies(fleet, what)}</p>`,
  ];
}

function whoApplies(fleet: FleetState | null, what: string): string {
  if (fleet?.applier === 'external') return `Then the applier of the fleet has to bring it to the cluster: ${what}.`;
  return fleet?.cluster.state === 'connected'
    ? `Then the reconciler applies it: ${what}. The first start on a node also fetches the image.`
    : `Applied when a cluster answers: ${what}.`;
}
