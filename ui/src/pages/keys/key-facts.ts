import { html, type TemplateResult } from 'lit';
import type { Overview } from '../../../../server/http/schemas/answers.ts';
import { badge } from '../../common/word-marks.ts';
import { keyLabel } from '../../data/words/words.ts';

const STANDARD: readonly string[] = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'BRAVE_API_KEY'];

/** The keys that a bot gets, and those of the known providers that it does not. */
export function keyFacts(keys: Overview['keys']): TemplateResult {
  const names = [...new Set([...STANDARD, ...keys.map((key) => key.name)])];
  return html`<div class="panel__body">
    <dl class="facts">
      ${names.map((name) => {
        const key = keys.find((one) => one.name === name);
        return html`<dt>${keyLabel(name)}</dt>
          ${
            key === undefined
              ? html`<dd class="muted">not set</dd>`
              : html`<dd>
                  <code>${key.hint}</code>
                  ${key.scope === 'own' ? badge('accent', 'own') : html`<span class="muted small">global</span>`}
                </dd>`
          }`;
      })}
    </dl>
  </div>`;
}
