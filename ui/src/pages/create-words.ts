import { html } from 'lit';
import { instanceNameOf } from '../../../constructs/schema/names.ts';
import { FIELD_LABELS, KEY_FIELDS, type InstanceForm } from '../data/instance-form.ts';

/** What the display name becomes in the cluster, and whether that is free. */
export function nameHint(form: InstanceForm, taken: ReadonlyMap<string, unknown>): unknown {
  const name = instanceNameOf(form.display_name);
  if (form.display_name.trim() === '' || !name.ok)
    return 'Letters, digits and spaces; the name in the cluster comes from it.';
  return html`Becomes <code>${name.name}</code>. ${taken.has(name.name) ? 'The name is taken.' : 'The name is free.'}`;
}

/** The keys that a new bot overrides, in words. */
export function keySummary(form: InstanceForm): string {
  const own = KEY_FIELDS.filter((field) => (form.keys[field] ?? '') !== '');
  return own.length === 0 ? 'none, global keys' : own.map((field) => FIELD_LABELS[field]).join(', ');
}
