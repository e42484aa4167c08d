import { html, nothing, type TemplateResult } from 'lit';
import type { Preview } from '../../../server/http/schemas/answers.ts';
import { count } from '../data/words/format.ts';
import { countPatch, countPatches, patchRows } from '../data/text/patch.ts';
import '../elements/code.ts';
import { icon } from '../elements/icon.ts';

type File = Preview['files'][number];

/** Files that people write, one line each; rendered files of a unit as one line. */
export function fileLines(files: readonly File[]): TemplateResult[] {
  const rendered = Map.groupBy(
    files.filter((file) => file.path.startsWith('dist/')),
    (file) => file.path.split('/')[1] ?? '',
  );
  const written = files.filter((file) => !file.path.startsWith('dist/'));
  return [...written.map(writtenLine), ...renderedLines(rendered)];
}

function writtenLine(file: File): TemplateResult {
  const isSealed = file.path.startsWith('secrets/');
  const { added, removed } = countPatch(file.patch);
  const amount = isSealed
    ? 'sealed'
    : [added > 0 ? `+${added}` : '', removed > 0 ? `−${removed}` : ''].join(' ').trim();
  return html`<li>
    ${icon(isSealed ? 'key' : 'file')}<code class="clip" title=${file.path}>${file.path}</code
    ><span class="push muted nowrap">${file.action === 'remove' ? 'removed' : amount}</span>
  </li>`;
}

function renderedLines(units: ReadonlyMap<string, readonly File[]>): TemplateResult[] {
  const line = (path: string, text: string): TemplateResult =>
    html`<li>
      ${icon('file')}<code class="clip" title=${path}>${path}</code><span class="push nowrap muted">${text}</span>
    </li>`;
  if (units.size > 2) {
    const { added, removed } = countPatches([...units.values()].flat().map((file) => file.patch));
    return [line(`dist/ of ${units.size} bots`, count(Math.max(added, removed), 'line'))];
  }
  return [...units].map(([unit, files]) => {
    const { added, removed } = countPatches(files.map((file) => file.patch));
    const sums = [added > 0 ? `+${added}` : '', removed > 0 ? `−${removed}` : ''].filter((sum) => sum !== '').join(' ');
    return line(`dist/${unit}/`, `${count(files.length, 'object')}, ${sums}`);
  });
}

/** The text that a patch creates. */
export function createdText(file: File): string {
  return patchRows(file.patch)
    .filter((row) => row.kind === 'add')
    .map((row) => row.text)
    .join('\n');
}

/** The record of a preview as it will be: only added lines for a new one. */
export function newFileView(file: File | undefined): TemplateResult | typeof nothing {
  if (file === undefined) return nothing;
  return html`<cw-code framed fit sign="+" .text=${createdText(file)} .path=${file.path}></cw-code>`;
}
