import { stringify } from 'yaml';

/**
 * The one way in which an object becomes YAML text. Quoted is every scalar that a reader of YAML 1.1 or 1.2
 * would take for something else (`on`, `0o14`, `1e3`); no line is ever folded, and no anchor is ever written.
 */
export function renderYaml(object: object): string {
  return stringify(object, { version: '1.1', compat: 'core', lineWidth: 0, aliasDuplicateObjects: false });
}
