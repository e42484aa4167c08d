import { isManagedKind } from '../../../cluster/resources.ts';
import type { DesiredObject, DesiredUnit, SealedSource } from '../../desired/desired-state.ts';
import { unstamped } from '../../desired/stamp.ts';
import { endingSince } from '../../live/live-shapes.ts';
import { keyOf, type LiveUnit } from '../../live/live-unit.ts';
import { isRetainedFrom } from '../guards/index.ts';
import { member, type FieldPath } from '../field-path.ts';
import { inApplyOrder, inRemovalOrder } from '../order.ts';
import type { PlannedAction, UnitPlan } from '../plan-types.ts';
import { externalDifferences, type ExternalDifference } from './differences.ts';
import { findApplier } from './find-applier.ts';
import { sealedValue } from '../sealed-value.ts';

/**
 * How one unit's live objects stand to main where another program applies it. Pure. Nothing of it is ever written: what
 * is not as main says is a `skip` that tells why.
 */
export function compareUnit(desired: DesiredUnit, live: LiveUnit): UnitPlan {
  const { unit, state } = desired;
  const parent = { action: 'unchanged' } as const;
  const nobody = { managers: [], appliedAt: null };
  if (desired.state === 'held') {
    const reason = `${desired.reason}. Its applier brings what dist/ has all the same`;
    return { unit, state, reason, actions: [], parent, external: nobody };
  }
  const looks = desired.state === 'present' ? desired.objects.map((object) => lookAt(object, live)) : [];
  const managers = [...new Set(looks.flatMap(({ manager }) => manager ?? []))].sort();
  const appliedAt =
    looks
      .flatMap(({ at }) => at ?? [])
      .sort()
      .at(-1) ?? null;
  const actions = [...looks.map(({ action }) => action).sort(inApplyOrder), ...leftovers(desired, live)];
  return { unit, state, reason: '', actions, parent, external: { managers, appliedAt } };
}

interface ObjectLook {
  readonly action: PlannedAction;
  readonly manager?: string | undefined;
  readonly at?: string | undefined;
}

function lookAt(desired: DesiredObject, live: LiveUnit): ObjectLook {
  const { kind, name } = desired;
  const found = live.objects.get(keyOf(kind, name));
  const action = { kind, name, reason: '', fields: [], drift: false, desired } as const;
  if (found === undefined) {
    return { action: { ...action, action: 'skip', standing: 'behind', reason: 'not there: not applied yet' } };
  }
  const known = { ...action, live: found };
  const object = unstamped(desired.object);
  const applier = findApplier(object, found);
  const seen = { manager: applier?.manager, at: applier?.time };
  const since = endingSince(found);
  if (since !== undefined) {
    const reason = `it is being deleted since ${since}`;
    return { action: { ...known, action: 'skip', standing: 'changed', reason }, ...seen };
  }
  const { left, sealed } = desired;
  const mark = sealed?.mark ?? null;
  const fields = externalDifferences(object, found, applier, { left, mark });
  if (fields.length === 0) {
    const isTold = sealed === undefined || sealedValue(found, valueOf(sealed), applier, mark) === 'current';
    const reason = isTold ? '' : 'whether its value is the sealed one can not be told';
    return { action: { ...known, action: 'unchanged', reason }, ...seen };
  }
  const isChanged = fields.some(({ isBehind }) => !isBehind);
  const standing = isChanged ? 'changed' : 'behind';
  return {
    action: { ...known, action: 'skip', standing, drift: isChanged, fields, reason: describe(fields, isChanged) },
    ...seen,
  };
}

const valueOf = ({ key }: SealedSource): FieldPath => [member('data'), member(key)];

/** What main doesn't want (any more). A volume whose bot stays, or whose tombstone keeps the data, is meant to stay. */
function leftovers(desired: DesiredUnit, live: LiveUnit): readonly PlannedAction[] {
  const wanted = desired.state === 'present' ? desired.objects : [];
  const names = new Set(wanted.map(({ kind, name }) => keyOf(kind, name)));
  const keepsData = desired.state !== 'removed' || desired.data !== 'destroy';
  const actions = [...live.objects].flatMap(([key, object]): readonly PlannedAction[] => {
    const { kind, metadata } = object;
    if (names.has(key) || !isManagedKind(kind) || isRetainedFrom(object, desired.unit)) return [];
    if (kind === 'PersistentVolumeClaim' && keepsData) return [];
    const since = endingSince(object);
    const reason = since === undefined ? STILL_THERE : `it is being deleted since ${since}`;
    const keptBy = since === undefined ? 'external' : 'deletion';
    const about = { kind, name: metadata.name, reason, fields: [], drift: false, live: object };
    return [{ ...about, action: 'skip', standing: 'behind', keptBy }];
  });
  return [...actions].sort(inRemovalOrder);
}

const STILL_THERE = 'still there, its applier has not removed it';

const NAMED = 5;

/** `differs in spec.replicas (set by hpa)`, or `not applied yet: spec.replicas`. */
function describe(fields: readonly ExternalDifference[], isChanged: boolean): string {
  const told = isChanged ? fields.filter(({ isBehind }) => !isBehind) : fields;
  const named = told.slice(0, NAMED).map(({ field, owners }) => {
    return isChanged ? `${field} (set by ${owners.join(', ')})` : field;
  });
  const rest = told.length > NAMED ? ` and ${told.length - NAMED} more` : '';
  return `${isChanged ? 'differs in' : 'not applied yet:'} ${named.join(', ')}${rest}`;
}
