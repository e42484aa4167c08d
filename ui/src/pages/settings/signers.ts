import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import { time } from '../../common/word-marks.ts';
import { exactTime } from '../../data/words/format.ts';
import { panel, sheets } from '../../styles/sheets.ts';

type Signing = Settings['signing'];

/** Whose signatures commits have to carry, and whether what this server writes carries one of them. Nothing where nobody is asked. */
@customElement('cw-signers')
export class CwSigners extends LitElement {
  static override styles = [
    ...sheets(panel),
    css`
      :host {
        display: block;
      }
      ul {
        display: grid;
        gap: var(--s-2);
        margin-block: var(--s-3);
        padding: 0;
        list-style: none;
      }
      .name {
        display: block;
        font-weight: var(--fw-medium);
        overflow-wrap: anywhere;
      }
      code {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) signing: Signing | undefined;

  override render(): TemplateResult | typeof nothing {
    const { signing } = this;
    if (signing === undefined || (!signing.required && signing.signers.length + signing.gpg_keys === 0)) return nothing;
    return html`<section class="panel" aria-labelledby="signers">
      <header class="panel__head"><h2 id="signers">Signed commits</h2></header>
      <div class="panel__body">
        <p class="muted small">
          ${
            signing.required
              ? 'Nothing is applied that a commit brought which none of these keys signed.'
              : 'Signatures are shown and not demanded.'
          }
          Who is listed is changed in claworc.yaml, by a signed commit.
        </p>
        <ul>
          ${signing.signers.map(
            ({ name, key, valid_after: after, valid_before: before }) =>
              html`<li>
                <span class="name">${name}</span>
                <code class="small">${key}</code
                >${after === null ? nothing : html`, from ${time(after, exactTime(after))}`}${
                  before === null ? nothing : html`, until ${time(before, exactTime(before))}`
                }
              </li>`,
          )}
          ${signing.gpg_keys === 0 ? nothing : html`<li>${signing.gpg_keys} gpg ${signing.gpg_keys === 1 ? 'key' : 'keys'}</li>`}
        </ul>
        <p>${ownWords(signing)}</p>
      </div>
    </section>`;
  }
}

function ownWords({ own_key: own, signers }: Signing): TemplateResult {
  if (own === null) return html`This server does not sign what it writes.`;
  const listed = signers.find(({ key }) => key === own);
  return html`This server signs with
    <code class="small">${own}</code>${listed === undefined ? '.' : `, as ${listed.name}.`}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-signers': CwSigners;
  }
}
