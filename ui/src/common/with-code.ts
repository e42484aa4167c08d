import { html, type TemplateResult } from 'lit';

/** A sentence of the server with what stands between backticks, a command, as code. */
export function withCode(text: string): readonly (string | TemplateResult)[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
