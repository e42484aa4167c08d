import { stringify } from 'yaml';

/**
 * The one way in which an object becomes YAML text. Version 1.1 quotes every scalar that an older reader would take
 * for something else (`on`, `0o14`, `1e3`); no line is ever folded, and no anchor is ever written.
 */
export function renderYaml(object: object): string {
  return stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}
