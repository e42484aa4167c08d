import { html, nothing, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import { icon } from '../elements/icon.ts';

export interface FieldOptions {
  /** Unique in its root; names label, hint and error. */
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** Behind the label: `inherited`, or `changed, fleet 4Gi`. */
  readonly mark?: string;
  readonly hint?: unknown;
  readonly error?: string | undefined;
  readonly mono?: boolean;
  readonly type?: 'text' | 'password';
  readonly placeholder?: string;
  readonly autofocus?: boolean;
  readonly readonly?: boolean;
  readonly input: (value: string) => void;
}

/** A labelled text field; hint and error are what `aria-describedby` names. */
export function textField(options: FieldOptions): TemplateResult {
  const { id, error, hint } = options;
  const about = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].join(' ').trim();
  return html`<div class="field">
    <label class="field__label" for=${id}
      >${options.label}${options.mark === undefined ? nothing : html` <span class="inherit">${options.mark}</span>`}</label
    >
    <input
      class=${options.mono === true ? 'input input--mono' : 'input'}
      id=${id}
      type=${options.type ?? 'text'}
      autocomplete="off"
      spellcheck="false"
      .value=${live(options.value)}
      placeholder=${ifDefined(options.placeholder)}
      ?autofocus=${options.autofocus === true}
      ?readonly=${options.readonly === true}
      aria-invalid=${error === undefined ? nothing : 'true'}
      aria-describedby=${about === '' ? nothing : about}
      @input=${(event: InputEvent) => options.input((event.target as HTMLInputElement).value)}
    />
    ${hint === undefined ? nothing : html`<p class="field__hint" id="${id}-hint">${hint}</p>`}
    ${
      error === undefined
        ? nothing
        : html`<p class="field__error" id="${id}-error">${icon('y-failed')}<span>${error}</span></p>`
    }
  </div>`;
}

/** The two ways to the screens, as they stand in settings and in a bot's form. */
export function exposureOptions(value: string, choose: (value: 'proxy' | 'nodePort') => void): TemplateResult {
  return choices('exposure', 'Screens are reached through', { value, choose }, [
    ['proxy', 'This server (proxy)', 'No port of the cluster is opened. Recommended.'],
    ['nodePort', 'Node ports 30100 to 30199', '50 bots at most, anyone on the network sees the screens.'],
  ]);
}

/** The two ways to main. */
export function publishOptions(value: string, choose: (value: 'direct' | 'propose') => void): TemplateResult {
  return choices('publish', 'Changes come to main', { value, choose }, [
    ['direct', 'At once', 'Whoever saves publishes; a proposal is a choice for each edit.'],
    ['propose', 'By proposals alone', 'Somebody merges what was proposed. Stopping a bot needs none.'],
  ]);
}

/** Who brings the cluster to what main says. */
export function applierOptions(value: string, choose: (value: 'claworc' | 'external') => void): TemplateResult {
  return choices('applier', 'Applied by', { value, choose }, [
    ['claworc', 'Claworc', 'Stop another applier first, without letting it prune.'],
    ['external', 'Another program', 'Flux, Argo CD or kubectl. Claworc compares, and writes nothing to the cluster.'],
  ]);
}

/** The two ways to leave a bot as it lives. */
export function suspendOptions(value: string, choose: (value: 'suspend' | 'detect') => void): TemplateResult {
  return choices('mode', 'Until it is resumed', { value, choose }, [
    ['suspend', 'Suspend', 'Nothing is written. What differs from main is shown, and asks for nobody.'],
    ['detect', 'Only compare', 'Nothing is written. What somebody changes is told as drift.'],
  ]);
}

/** Whether the cluster is brought to what main says. */
export function reconcileOptions(
  value: string,
  choose: (value: 'apply' | 'suspend' | 'detect') => void,
): TemplateResult {
  return choices('reconcile', 'The cluster is', { value, choose }, [
    ['apply', 'Brought to what main says', 'Changes are applied, drift is put right, deleted bots are removed.'],
    ['detect', 'Only compared', 'Nothing is written or removed, of any bot. Drift is told.'],
    ['suspend', 'Suspended', 'Nothing is written or removed, of any bot. What differs is only shown.'],
  ]);
}

function choices<Name extends string>(
  group: string,
  legend: string,
  { value, choose }: { readonly value: string; readonly choose: (value: Name) => void },
  options: readonly (readonly [name: Name, title: string, text: string])[],
): TemplateResult {
  return html`<fieldset class="stack">
    <legend class="field__label">${legend}</legend>
    ${options.map(
      ([name, title, text]) =>
        html`<label class="option"
          ><input
            type="radio"
            name=${group}
            value=${name}
            .checked=${live(value === name)}
            @change=${() => choose(name)}
          /><span class="strong">${title}</span><span class="muted small">${text}</span></label
        >`,
    )}
  </fieldset>`;
}
