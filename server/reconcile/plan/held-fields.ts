import type { FieldConflict } from '../../cluster/errors.ts';
import type { ManagedKind } from '../../cluster/resources.ts';
import { DIGEST_ANNOTATION, PART_OF_LABEL, UNIT_ANNOTATION } from '../desired/stamp.ts';
import type { FieldDifference } from './diff.ts';
import { formatPath, member } from './field-path.ts';
import { settle } from './managers.ts';
import { joinWords } from './on-the-way.ts';
import type { PlannedAction } from './plan-types.ts';

/** Managers for whom a field that differs stays as they have it; none where main's value is written. */
export function holdersOf({ live, owners }: Pick<FieldDifference, 'live' | 'owners'>): readonly string[] {
  return live === null ? [] : owners.filter((manager) => settle(manager) === 'hold');
}

/** Those of `fields` that another manager holds. */
export const heldFields = (fields: readonly FieldDifference[]): readonly FieldDifference[] =>
  fields.filter((field) => holdersOf(field).length > 0);

/** Each held field with each of its holders. */
export const conflictsIn = (fields: readonly FieldDifference[]): readonly FieldConflict[] =>
  fields.flatMap((each) => holdersOf(each).map((manager) => ({ manager, field: each.field })));

const MARKS: ReadonlySet<string> = new Set(
  [
    ['labels', PART_OF_LABEL],
    ['annotations', UNIT_ANNOTATION],
    ['annotations', DIGEST_ANNOTATION],
  ].map(([map = '', name = '']) => formatPath([member('metadata'), member(map), member(name)])),
);

/**
 * Why an apply can't leave this field with its holder and write the rest; undefined where it can. An object without our
 * marks isn't known as ours, and a Secret's value that main drops would have to be read to be kept.
 */
export function reasonNotToHold(kind: ManagedKind, { field, main }: FieldDifference): string | undefined {
  if (MARKS.has(field)) return 'it is a mark that Claworc knows its objects by';
  if (kind === 'Secret' && main === null && field.startsWith('data')) return 'what a Secret holds is not read';
  return undefined;
}

const LONGEST = 80;

const cut = (value: string): string => (value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);

/** `spec.replicas is held by hpa (3, main says 1)`; empty for no field. */
export function describeHeld(fields: readonly FieldDifference[]): string {
  return fields
    .map((each) => {
      const { field, main, live } = each;
      const wish = main === null ? 'main drops it' : `main says ${cut(main)}`;
      return `${field} is held by ${holdersOf(each).join(' and ')} (${cut(live ?? '')}, ${wish})`;
    })
    .join('; ');
}

/** Fields of an action that stay with another manager while the rest of the object is main's. */
export const heldIn = ({ fields, isHeldByField }: PlannedAction): readonly FieldDifference[] =>
  isHeldByField === true ? heldFields(fields) : [];

/** Why an action is as it is, with what of it is held. */
export const toldReason = (action: PlannedAction): string =>
  action.action === 'conflict' ? action.reason : joinWords(action.reason, describeHeld(heldIn(action)));

/** What a person can do about them. */
export function whatToDoAbout(fields: readonly FieldDifference[]): string {
  const managers = [...new Set(fields.flatMap(holdersOf))];
  const [one = '', ...more] = managers;
  const who = more.length === 0 ? one : `${managers.slice(0, -1).join(', ')} and ${more.at(-1) ?? ''}`;
  return `Have ${who} give ${fields.length === 1 ? 'it' : 'them'} up, say on main what lives, or leave it to the cluster in claworc.yaml (spec.policy.leaveToCluster).`;
}
