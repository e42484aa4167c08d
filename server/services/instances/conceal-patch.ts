import { maskLeaks } from '../../../constructs/schema/leaks.ts';

/** Fields of a sealed key that say nothing about its value; where they are entries of the Secret, they may. */
const OPEN = new Set([
  'apiVersion',
  'kind',
  'name',
  'namespace',
  'type',
  'recipient',
  'encrypted_regex',
  'lastmodified',
  'mac_only_encrypted',
  'version',
]);

const OWN_LABEL = /^(app\.kubernetes\.io|claworc\.dev)\//;

const FIELD = /^([ +-]\s*(?:- )*)("?)([^\s"':]+)\2:(\s*)(.*)$/;
const SEALED = /^"?(ENC\[[^[\]]*\]"?|\|[-+]?|)$/;
const ARMOUR = /^[ +-]\s*(-----(BEGIN|END) AGE ENCRYPTED FILE-----|[A-Za-z0-9+/=]+)$/;
const HUNK = /^@@ -(\d+)[^@]*@@(?: (["']?)([A-Za-z]+)\2:)?/;
const VALUES = new Set(['data', 'stringData', '']);

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
  return patch.split('\n').some((line) => {
    const section = HUNK.test(line) ? sectionOf(line, undefined) : FIELD.exec(line)?.[3];
    return section !== undefined && VALUES.has(section);
  });
}

function concealLines(hunks: string): string {
  let field = '';
  let section = '';
  const lines = hunks.split('\n').map((line) => {
    if (line === '' || /^[@\\]/.test(line)) {
      section = sectionOf(line, section) ?? section;
      return line.replace(/^(@@ [^@]*@@).*$/, '$1');
    }
    const [, indent = '', quote = '', name = '', space = '', value = ''] = FIELD.exec(line) ?? [];
    if (name === '') return field === 'enc' && ARMOUR.test(line) ? line : `${line.charAt(0)} ****`;
    field = name;
    if (indent.length === 1) section = name;
    const isOpen = !VALUES.has(section) && (OPEN.has(name) || OWN_LABEL.test(name));
    return isOpen || SEALED.test(value) ? line : `${indent}${quote}${name}${quote}:${space}****`;
  });
  return lines.join('\n');
}

/** The top-level field that a hunk starts in; empty where the patch does not tell. */
function sectionOf(line: string, before: string | undefined): string | undefined {
  const [hunk, from, , section] = HUNK.exec(line) ?? [];
  if (hunk === undefined) return before;
  return section ?? (from === '0' || from === '1' ? 'metadata' : '');
}
