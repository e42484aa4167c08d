import { html, nothing, type TemplateResult } from 'lit';
import type { Config } from '../../../../server/http/schemas/instance.ts';
import { commitLink } from '../../common/word-marks.ts';
import { icon } from '../../elements/icon.ts';

/** Asks whose text of a config is meant: what is typed here, or what came to main meanwhile. */
export function newerNote({ revision }: Config, settle: (whose: 'mine' | 'theirs') => void): TemplateResult {
  return html`<div class="note" data-tone="warn" role="alert">
    ${icon('y-drifted')}
    <p>
      <strong>The config changed on main meanwhile</strong
      >${revision === null ? nothing : html`, in ${commitLink(revision)}`}. Your text is kept as it is.
    </p>
    <div class="row-wrap">
      <button class="btn" type="button" @click=${() => settle('mine')}>Put mine on top</button>
      <button class="btn btn--quiet" type="button" @click=${() => settle('theirs')}>Take main's</button>
    </div>
  </div>`;
}
