import { isRecord } from '../lib/is-record.ts';

/** An object in a forge's answer. What it lacks reads as nothing: answers differ between versions of one forge. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** A text that says something, else null. */
export function textOrNull(fields: Fields, name: string): string | null {
  const text = textIn(fields, name);
  return text === '' ? null : text;
}

export function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}

/** A link that a browser may be sent to. */
export function linkIn(fields: Fields, name: string): string | null {
  const text = textIn(fields, name);
  return /^https?:\/\/[^\s]+$/i.test(text) ? text : null;
}

/** What the forge says went wrong, from the members that forges use for it. */
export function complaintIn(body: unknown): string {
  const fields = fieldsOf(body);
  const said = [fields.message, fields.error, fields.error_description, ...errorsIn(fields.errors)];
  return [...new Set(said.flatMap(flat))].join('; ');
}

function errorsIn(errors: unknown): readonly unknown[] {
  if (!Array.isArray(errors)) return [];
  return errors.map((each: unknown) =>
    isRecord(each) ? (each.message ?? `${textIn(each, 'field')} ${textIn(each, 'code')}`) : each,
  );
}

function flat(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
  if (Array.isArray(value)) return value.flatMap(flat);
  if (isRecord(value))
    return Object.entries(value).flatMap(([name, each]) => flat(each).map((text) => `${name}: ${text}`));
  return [];
}
