import { isObject } from '../schema/explain/explain.ts';
import { manifestValue } from '../schema/yaml/parse-document.ts';

const SECRET = /["']?kind["']?\s*:\s*["']?Secret/;

/** Whether a text is or holds a Kubernetes Secret, as YAML, as JSON, in a list or in a text that can't be read. */
export function holdsSecret(text: string): boolean {
  return SECRET.test(text) || hasSecret(manifestValue(text));
}

/** Whether a piece of a text names the kind: nothing else can be seen in lines out of their place. */
export function namesSecret(lines: string): boolean {
  return SECRET.test(lines);
}

/** As `holdsSecret`, and true for a text that can't be read: it may be one in a spelling that is not seen. */
export function mayHoldSecret(text: string): boolean {
  return isOrMayBeSecret(text, manifestValue(text));
}

/** The same of a text that was read already: `value` is its `manifestValue`. */
export function isOrMayBeSecret(text: string, value: unknown): boolean {
  return value === null || SECRET.test(text) || hasSecret(value);
}

function hasSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  if (!isObject(value)) return false;
  return value.kind === 'Secret' || Object.values(value).some(hasSecret);
}
