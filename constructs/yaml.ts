import { libraryYaml, type YamlOptions } from './schema/library-yaml.ts';
import { createEmitter } from './yaml-emitter.ts';

/**
 * Quoted is every scalar that a reader of YAML 1.1 or 1.2 would take for something else (`on`, `0o14`, `1e3`); no line
 * is ever folded, and no anchor is ever written.
 */
export const YAML_OPTIONS: YamlOptions = { version: '1.1', compat: 'core', lineWidth: 0, aliasDuplicateObjects: false };

const emit = createEmitter(YAML_OPTIONS);

/** The one way in which an object becomes YAML text. */
export function renderYaml(object: object): string {
  return emit(object) ?? libraryYaml(object, YAML_OPTIONS);
}
