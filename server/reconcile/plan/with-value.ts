import { isRecord } from '../../lib/is-record.ts';
import { isItem, type FieldPath, type Step } from './field-path.ts';

/**
 * A copy with another value at `path`, and with the members and items on the way there made where they are missing; with
 * undefined without it, and without what is empty then.
 */
export function withValue(node: unknown, [step, ...rest]: FieldPath, value: unknown): unknown {
  if (step === undefined) return value;
  if (step.type !== 'member') return withItem(node, step, rest, value);
  if (node !== undefined && !isRecord(node)) return node;
  const { [step.name]: before, ...others } = node ?? {};
  const after = withValue(before, rest, value);
  if (after !== undefined) return { ...node, [step.name]: after };
  return Object.keys(others).length === 0 ? undefined : others;
}

function withItem(node: unknown, step: Exclude<Step, { type: 'member' }>, rest: FieldPath, value: unknown): unknown {
  if (node !== undefined && !Array.isArray(node)) return node;
  const items: readonly unknown[] = node ?? [];
  const isMeant = (item: unknown): boolean => (step.type === 'value' ? item === step.value : isItem(item, step));
  const kept: unknown[] = items
    .map((item) => (isMeant(item) ? withValue(item, rest, value) : item))
    .filter((item) => item !== undefined);
  if (value !== undefined && !items.some(isMeant)) {
    const start = step.type === 'value' ? step.value : { ...step.keys };
    kept.push(withValue(start, rest, value));
  }
  return kept.length === 0 ? undefined : kept;
}
