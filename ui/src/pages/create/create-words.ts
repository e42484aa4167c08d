import { html } from 'lit';
import { instanceNameOf } from '../../../../constructs/schema/names.ts';
import type { ApiError } from '../../data/api.ts';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import { emptyForm, FIELD_LABELS, KEY_FIELDS, takesOver, type InstanceForm } from '../../data/forms/instance-form.ts';

/**
 * What the display name becomes in the cluster, and whether that is free; whether volumes of a deleted bot were kept
 * only the server knows (`isKept`).
 */
export function nameHint(form: InstanceForm, taken: ReadonlyMap<string, unknown>, isKept: boolean): unknown {
  const name = instanceNameOf(form.display_name);
  if (form.display_name.trim() === '' || !name.ok)
    return 'Letters, digits and spaces; the name in the cluster comes from it.';
  const free = isKept ? 'A deleted bot had this name.' : 'The name is free.';
  return html`Becomes <code>${name.name}</code>. ${taken.has(name.name) ? 'The name is taken.' : free}`;
}

/** Whether a person put in anything that the form did not begin with. */
export function isFilledIn(form: InstanceForm | null, settings: Settings | undefined): boolean {
  return form !== null && settings !== undefined && JSON.stringify(form) !== JSON.stringify(emptyForm(settings));
}

/** The keys that a new bot overrides, in words. */
export function keySummary(form: InstanceForm): string {
  const own = KEY_FIELDS.filter((field) => (form.keys[field] ?? '') !== '');
  return own.length === 0 ? 'none, global keys' : own.map((field) => FIELD_LABELS[field]).join(', ');
}

/** Whether the server refuses the name because the volumes of a deleted bot were kept, which the form can take over. */
export function isAboutKeptVolumes(error: ApiError | null): boolean {
  return error?.code === 'volumes_retained';
}

/** A refusal in the words of this form; the server's own are for whoever calls the API. */
export function refusalText(error: ApiError): string {
  if (!isAboutKeptVolumes(error)) return error.message;
  return 'The volumes of a deleted bot of this name were kept. Take them over, or choose another name.';
}

/** Volumes of a deleted bot are there, as far as the server said or the person answered. */
export function hasKeptVolumes(form: InstanceForm, ...errors: readonly (ApiError | null)[]): boolean {
  return takesOver(form) || errors.some(isAboutKeptVolumes);
}
