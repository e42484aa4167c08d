import { libraryYaml, type YamlOptions } from './schema/yaml/library-yaml.ts';
import { createEmitter } from './yaml-emitter.ts';

/**
 * Quoted is every scalar that a reader of YAML 1.1 or 1.2 would take for something else (`on`, `0o14`, `1e3`); no line
 * is ever folded, and no anchor is ever written.
 */
export const YAML_OPTIONS: YamlOptions = { version: '1.1', compat: 'core', lineWidth: 0, aliasDuplicateObjects: false };

const emit = createEmitter(YAML_OPTIONS);
const emitAsBefore = createEmitter(YAML_OPTIONS, false);

/**
 * The one way in which an object becomes YAML text. `rendering: 1` left `=`, `<<` and texts with a tab without quotes,
 * which readers of YAML 1.1 refuse, and goes on doing so.
 */
export function renderYaml(object: object, rendering?: number): string {
  const isOld = rendering === 1;
  return (isOld ? emitAsBefore : emit)(object) ?? libraryYaml(object, YAML_OPTIONS, !isOld);
}
