import { refuse, type Refusal } from './errors.ts';

export const MAX_VALUE_BYTES = 32 * 1024;

/** Control characters, line breaks and tabs among them: an API key with one in it was pasted wrongly. */
const CONTROL = /\p{Cc}/u;

/**
 * The value that is sealed for what a person pasted: white space around it (the line break of a copied line) is cut
 * off. Empty values, control characters, broken Unicode and more than 32 KiB are refused.
 */
export function checkKeyValue(pasted: string): { readonly ok: true; readonly value: string } | Refusal {
  const value = pasted.trim();
  if (value === '') return refuse('empty', 'The key is empty.');
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) return refuse('too_large', 'The key is longer than 32 KiB.');
  if (CONTROL.test(value)) {
    return refuse('control_characters', 'The key holds a line break, a tab or another control character inside.');
  }
  if (!value.isWellFormed()) return refuse('control_characters', 'The key holds half of a Unicode character.');
  return { ok: true, value };
}

/** What may be shown of a key: its last four characters if it has at least 20, else nothing. */
export function hintOf(value: string): string {
  const characters = Array.from(value);
  return characters.length >= 20 ? characters.slice(-4).join('') : '';
}
