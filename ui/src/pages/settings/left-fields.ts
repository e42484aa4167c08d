import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { LeftFields } from '../../../../constructs/schema/fleet.ts';
import { textField } from '../../common/field.ts';
import { icon } from '../../elements/icon.ts';
import { button, form, icon as iconSheet, panel, sheets } from '../../styles/sheets.ts';

const KINDS: readonly LeftFields['kind'][] = [
  'Deployment',
  'Service',
  'PersistentVolumeClaim',
  'ConfigMap',
  'NetworkPolicy',
];

/** Fields that are the cluster's once an object exists, as claworc.yaml names them. `cw-rules` with all rules after each change. */
@customElement('cw-left-fields')
export class CwLeftFields extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, panel, form),
    css`
      :host {
        display: block;
      }
      textarea {
        min-block-size: 4rem;
        resize: vertical;
      }
      li + li {
        margin-block-start: var(--s-3);
        padding-block-start: var(--s-3);
        border-block-start: 1px solid var(--line);
      }
    `,
  ];

  @property({ attribute: false }) rules: readonly LeftFields[] = [];
  /** What the server said of one of them. */
  @property() error = '';

  override render(): TemplateResult {
    return html`<section class="panel" aria-labelledby="left">
      <header class="panel__head">
        <h2 id="left">Left to the cluster</h2>
        <div class="panel__end">
          <button class="btn btn--quiet" type="button" @click=${this.#add}>${icon('plus')}Add a rule</button>
        </div>
      </header>
      <div class="panel__body">
        <p class="muted small">
          Fields that are the cluster's once an object exists: neither compared nor changed, whatever main says.
          ${this.rules.length === 0 ? 'No rule leaves any.' : nothing}
        </p>
        ${
          this.rules.length === 0
            ? nothing
            : html`<ul>
                ${this.rules.map((rule, index) => this.#rule(rule, index))}
              </ul>`
        }
        ${
          this.error === ''
            ? nothing
            : html`<p class="field__error" role="alert">${icon('y-failed')}<span>${this.error}</span></p>`
        }
      </div>
    </section>`;
  }

  #rule(rule: LeftFields, index: number): TemplateResult {
    const set = (change: Partial<LeftFields>): void => this.#put(index, { ...rule, ...change });
    return html`<li class="stack" role="group" aria-label="Rule ${index + 1}">
      <div class="grid-2">
        <div class="field">
          <label class="field__label" for="kind-${index}">Kind</label>
          <select
            class="input"
            id="kind-${index}"
            .value=${live(rule.kind)}
            @change=${(event: Event) => set({ kind: (event.target as HTMLSelectElement).value as LeftFields['kind'] })}
          >
            ${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === rule.kind}>${kind}</option>`)}
          </select>
        </div>
        ${textField({
          id: `name-${index}`,
          label: 'Name',
          value: rule.name ?? '',
          mono: true,
          placeholder: 'all of the kind',
          input: (name) => this.#put(index, named(rule, name.trim())),
        })}
      </div>
      <div class="field">
        <label class="field__label" for="fields-${index}">Fields</label>
        <textarea
          class="input input--mono"
          id="fields-${index}"
          spellcheck="false"
          aria-describedby="fields-${index}-hint"
          .value=${live(rule.fields.join('\n'))}
          @input=${(event: InputEvent) => set({ fields: (event.target as HTMLTextAreaElement).value.split('\n') })}
        ></textarea>
        <p class="field__hint" id="fields-${index}-hint">
          One a line, as a plan writes it, such as <code>spec.replicas</code>; each with all that is below it.
        </p>
      </div>
      <div>
        <button
          class="btn btn--quiet btn--danger-quiet"
          type="button"
          aria-label="Remove rule ${index + 1}"
          @click=${() => this.#tell(this.rules.filter((_, at) => at !== index))}
        >
          Remove
        </button>
      </div>
    </li>`;
  }

  readonly #add = (): void => this.#tell([...this.rules, { kind: 'Deployment', fields: [] }]);

  #put(index: number, rule: LeftFields): void {
    this.#tell(this.rules.map((one, at) => (at === index ? rule : one)));
  }

  #tell(rules: readonly LeftFields[]): void {
    this.dispatchEvent(new CustomEvent<readonly LeftFields[]>('cw-rules', { detail: rules }));
  }
}

/** Without a name a rule is for all objects of its kind. */
function named({ name: _name, ...rule }: LeftFields, name: string): LeftFields {
  return name === '' ? rule : { ...rule, name };
}

declare global {
  interface HTMLElementTagNameMap {
    'cw-left-fields': CwLeftFields;
  }
}
