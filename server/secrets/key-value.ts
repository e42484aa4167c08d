import { refuse, type Refusal } from './errors.ts';

export const MAX_VALUE_BYTES = 32 * 1024;

/** Control characters, line breaks and tabs among them: an API key with one in it was pasted wrongly. */
const CONTROL = /\p{Cc}/u;

/** Formatting characters (zero width, direction) and spaces that look like the plain one or like nothing. */
const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** A whole line of an env file or a shell: `export NAME=`. */
const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/;
const KEY_WORDS = /(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)$/i;
const QUOTED = /^(["'`]).*\1$/;

/** The name of a variable that nobody has put in: of a shell, of a config, of a pipeline. */
const VARIABLE = /^(?:\$\w+|\$\{\w+\}|\$?\$\(\w+\)|%\w+%|\$?\{\{[^{}]*\}\})$/;
/** What programs write for a variable that isn't set, or in place of a key. */
const NOTHING = /^(?:null|undefined|none|nil|nan|\W?redacted\W?)$/i;

/**
 * The value that is sealed for what a person pasted: white space around it (the line break of a copied line) is cut
 * off. Refused are empty values, control and invisible characters, broken Unicode, more than 32 KiB, what is more than
 * the key (quotes around it, `NAME=` before it) and what stands in its place (`${NAME}`, `undefined`). `name` is the key's.
 */
export function checkKeyValue(pasted: string, name = ''): { readonly ok: true; readonly value: string } | Refusal {
  const value = pasted.trim();
  if (value === '') return refuse('empty', 'The key is empty.');
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) return refuse('too_large', 'The key is longer than 32 KiB.');
  if (CONTROL.test(value)) {
    return refuse('control_characters', 'The key holds a line break, a tab or another control character inside.');
  }
  if (INVISIBLE.test(value)) {
    return refuse('invisible_characters', 'The key holds an invisible character or an unusual space; type it anew.');
  }
  if (QUOTED.test(value)) return refuse('quoted', 'The key has quotes around it; paste it without them.');
  const assigned = ASSIGNMENT.exec(value)?.[1];
  if (assigned !== undefined && (assigned === name || KEY_WORDS.test(assigned))) {
    return refuse('assignment', `The key begins with a name and "="; paste only what comes after it.`);
  }
  if (VARIABLE.test(value)) return refuse('no_value', 'The key is the name of a variable, and not its value.');
  if (NOTHING.test(value))
    return refuse('no_value', 'The key is a word for no key; null, without quotes, removes one.');
  if (!value.isWellFormed()) return refuse('control_characters', 'The key holds half of a Unicode character.');
  return { ok: true, value };
}

/** What may be shown of a key: its last four characters if it has at least 20, else nothing. */
export function hintOf(value: string): string {
  const characters = Array.from(value);
  return characters.length >= 20 ? characters.slice(-4).join('') : '';
}
