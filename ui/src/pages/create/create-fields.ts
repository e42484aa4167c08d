import { html, nothing, type TemplateResult } from 'lit';
import { instanceNameOf } from '../../../../constructs/schema/names.ts';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import { textField } from '../../common/field.ts';
import type { EditorChange } from '../../editor/json-editor.ts';
import { icon } from '../../elements/icon.ts';
import { FIELD_LABELS, takesOver, type InstanceForm, type KeyField } from '../../data/forms/instance-form.ts';

/** An API key of a new bot, in the place of the fleet's. */
export function keyField(
  field: KeyField,
  form: InstanceForm,
  settings: Settings,
  error: string | undefined,
  input: (keys: InstanceForm['keys']) => void,
): TemplateResult {
  const global = settings[field];
  return textField({
    id: field,
    label: `${FIELD_LABELS[field]} key`,
    mark: global === null ? 'no global key' : `global ${global}`,
    value: form.keys[field] ?? '',
    type: 'password',
    mono: true,
    error,
    input: (text) => input({ ...form.keys, [field]: text }),
  });
}

/** Asks whether the volumes of a deleted bot of this name are taken over. */
export function takeOverOption(form: InstanceForm, choose: (takeOver: string) => void): TemplateResult {
  const name = instanceNameOf(form.display_name);
  const change = (event: Event): void => choose((event.target as HTMLInputElement).checked && name.ok ? name.name : '');
  return html`<label class="option"
    ><input type="checkbox" .checked=${takesOver(form)} @change=${change} /><span class="strong"
      >Take over the volumes that were kept</span
    ><span class="muted small">The new bot goes on with the chats, sign-ins and files of the deleted one.</span></label
  >`;
}

/** The first clawdbot.json of a bot; nothing typed is an empty one. */
export function configField(
  { config }: InstanceForm,
  error: string | undefined,
  input: (text: string) => void,
): TemplateResult {
  return html`<cw-json-editor
      id="clawdbot_config"
      label="clawdbot.json"
      .value=${config === '' ? '{}' : config}
      @cw-text=${({ detail: { text } }: CustomEvent<EditorChange>) => {
        if (text !== '{}' || config !== '') input(text);
      }}
    ></cw-json-editor>
    ${error === undefined ? nothing : html`<p class="field__error">${icon('y-failed')}<span>${error}</span></p>`}`;
}
