import { maskLeaks } from '../../../constructs/schema/check/leaks.ts';

/**
 * Fields that say nothing about the value of a key, by the top-level field that they lie in. Anywhere else they may be
 * entries of a Secret: of its data, of a list, or of a text whose structure is not seen.
 */
const OPEN: Readonly<Record<string, readonly string[]>> = {
  metadata: ['name', 'namespace'],
  sops: ['recipient', 'encrypted_regex', 'lastmodified', 'mac_only_encrypted', 'version'],
};
const OPEN_AT_TOP = new Set(['apiVersion', 'kind', 'type']);

const OWN_LABEL = /^(app\.kubernetes\.io|claworc\.dev)\//;

const FIELD = /^([ +-]\s*(?:- )*)("?)([^\s"':]+)\2:(\s*)(.*)$/;
const SEALED = /^"?(ENC\[[^[\]]*\]"?|\|[-+]?|)$/;
const ARMOUR = /^[ +-]\s*(-----(BEGIN|END) AGE ENCRYPTED FILE-----|[A-Za-z0-9+/=]+)$/;
const HUNK = /^@@ [^@]*@@(?: ([A-Za-z]+):)?/;
/** Where entries of a Secret are. */
const VALUES = new Set(['data', 'stringData']);
/** Headings below which no entry of a Secret can be; below `items:` there may be, and below what is no plain field. */
const WITHOUT_VALUES = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);
/** A line whose content is no plain `name: value`. */
const OTHER_STYLE = /^[ +-]\s*(?:- *)*(?:[^\s\w"'#.-]|"[^":]*\\)|^[ +-].*\b(?:string)?data\b/i;

/**
 * A unified diff of one file without keys in clear text: somebody may have committed one, and that it was refused does
 * not take it out of the history. Of a Secret only what is encrypted, or can be no key, is shown.
 */
export function concealPatch(path: string, patch: string, isSecret = path.startsWith('secrets/')): string {
  const masked = maskLeaks(patch);
  const start = isSecret ? masked.search(/^@@/m) : -1;
  return start < 0 ? masked : masked.slice(0, start) + concealLines(masked.slice(start));
}

/** The text of a Secret in the same manner. */
export function concealSecret(text: string): string {
  const marked = maskLeaks(text).replace(/^(?=[^\n])/gm, ' ');
  return concealLines(`@@ -1 @@\n${marked}`)
    .split('\n')
    .slice(1)
    .map((line) => line.slice(1))
    .join('\n');
}

/** Whether a patch shows lines that are values if the file is a Secret, and does not show whether it is one. */
export function mayHideSecret(patch: string): boolean {
  const start = patch.search(/^@@/m);
  return patch
    .slice(Math.max(start, 0))
    .split('\n')
    .some((line) => {
      if (HUNK.test(line)) return startsInside(line) && !WITHOUT_VALUES.has(HUNK.exec(line)?.[1] ?? '');
      return OTHER_STYLE.test(line) || VALUES.has(FIELD.exec(line)?.[3] ?? 'none');
    });
}

/** False where the file is seen from its first line on. */
function startsInside(heading: string): boolean {
  return !/^@@ -[01](?:,\d+)? \+[01](?:,\d+)? @@/.test(heading);
}

function concealLines(hunks: string): string {
  let field = '';
  let section = '';
  // False once a line at the top is written in a way that hides where the lines below it belong.
  let isBlockStyle = true;
  const lines = hunks.split('\n').map((line) => {
    if (line === '' || /^[@\\]/.test(line)) {
      // What stands behind the second @@ is any line above: one between it and the hunk may begin another field.
      if (HUNK.test(line)) [section, isBlockStyle] = ['', true];
      return line.replace(/^(@@ [^@]*@@).*$/, '$1');
    }
    const [, indent = '', quote = '', name = '', space = '', value = ''] = FIELD.exec(line) ?? [];
    const isAtTop = /^.\S/.test(line) && !/^.(?:#|- |---)/.test(line);
    if (isAtTop && (name === '' || quote !== '')) isBlockStyle = false;
    if (name === '')
      return field === 'enc' && section === 'sops' && ARMOUR.test(line) ? line : `${line.charAt(0)} ****`;
    field = name;
    if (isAtTop) section = isBlockStyle ? name : '';
    return isOpen(name, indent, section, isBlockStyle) || SEALED.test(value)
      ? line
      : `${indent}${quote}${name}${quote}:${space}****`;
  });
  return lines.join('\n');
}

function isOpen(name: string, indent: string, section: string, isBlockStyle: boolean): boolean {
  if (!isBlockStyle) return false;
  if (indent.length === 1) return OPEN_AT_TOP.has(name);
  if (section === 'metadata' && OWN_LABEL.test(name)) return true;
  const isChild = indent.length === 3 || section === 'sops';
  return isChild && (OPEN[section]?.includes(name) ?? false);
}
