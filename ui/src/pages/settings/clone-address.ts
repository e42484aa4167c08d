import { html, type TemplateResult } from 'lit';
import '../../elements/copy.ts';

/** Where `git clone` finds the repository, as two items of a list of facts. */
export function cloneAddress(): TemplateResult {
  const address = new URL('instances.git', document.baseURI).href;
  return html`<dt>Clone</dt>
    <dd>
      <code>${address}</code>
      <cw-copy look="small" what="the address for git clone" .text=${address}></cw-copy>
    </dd>`;
}
