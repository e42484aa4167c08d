import { maskLeaks } from '../../../constructs/schema/leaks.ts';

/** Fields of a sealed key that say nothing about its value. */
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

/**
 * A unified diff of one file without keys in clear text: somebody may have committed one, and that it was refused does
 * not take it out of the history. Of files under secrets/ only what is encrypted, or can be no key, is shown.
 */
export function concealPatch(path: string, patch: string): string {
  const masked = maskLeaks(patch);
  if (!path.startsWith('secrets/')) return masked;
  const start = masked.search(/^@@/m);
  if (start < 0) return masked;
  let field = '';
  const lines = masked
    .slice(start)
    .split('\n')
    .map((line) => {
      if (line === '' || /^[@\\]/.test(line)) return line.replace(/^(@@ [^@]*@@).*$/, '$1');
      const [, indent = '', quote = '', name = '', space = '', value = ''] = FIELD.exec(line) ?? [];
      if (name === '') return field === 'enc' && ARMOUR.test(line) ? line : `${line.charAt(0)} ****`;
      field = name;
      return OPEN.has(name) || OWN_LABEL.test(name) || SEALED.test(value)
        ? line
        : `${indent}${quote}${name}${quote}:${space}****`;
    });
  return `${masked.slice(0, start)}${lines.join('\n')}`;
}
