import { html, type TemplateResult } from 'lit';

/** Where `git clone` finds the repository, as two items of a list of facts. */
export function cloneAddress(): TemplateResult {
  const address = new URL('instances.git', document.baseURI).href;
  return html`<dt>Clone</dt>
    <dd>
      <code>${address}</code>
      <button
        class="btn btn--small"
        type="button"
        aria-label="Copy the address for git clone"
        @click=${() => void navigator.clipboard.writeText(address)}
      >
        Copy
      </button>
    </dd>`;
}
