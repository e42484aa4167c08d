import type { LiveObject } from '../../cluster/live-object.ts';
import { isManagedKind, type ManagedKind } from '../../cluster/resources.ts';
import { unitApplySetId } from '../desired/applyset-id.ts';
import { claimOn, describeAdoption } from './adopt.ts';
import { diffObject, type FieldDifference } from './diff.ts';
import { isRetainedFrom, refuseOverwrite, refusePrune } from './guards/index.ts';
import { afterTheDeployment, deletionReason, keptBecause } from './leftovers.ts';
import { judgeChange, type Immutability } from './immutable.ts';
import { describeHeld, heldFields, reasonNotToHold } from './held-fields.ts';
import { changedOnTheWay, describeOnTheWay, joinWords } from './on-the-way.ts';
import { reasonForAll } from './namespace-hold.ts';
import type { PlanContext } from './plan-context.ts';
import { planParent } from './plan-parent.ts';
import { inApplyOrder, inRemovalOrder } from './order.ts';
import type { DesiredObject, DesiredUnit } from '../desired/desired-state.ts';
import { endingSince } from '../live/live-shapes.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import { describeStripped, strippedMarks } from './stripped-marks.ts';
import { hasWork, type PlannedAction, type UnitPlan } from './plan-types.ts';
import { keyOf } from '../live/live-unit.ts';
import { DIGEST_ANNOTATION } from '../desired/stamp.ts';
import { heldBackWords } from '../desired/held-back.ts';
import { secretsOf } from '../desired/references.ts';

/**
 * What it takes to bring one unit's live objects to its desired state. Pure; the same input gives the same plan, in the
 * order in which it is carried out.
 */
export function planUnit(desired: DesiredUnit, live: LiveUnit, context: PlanContext): UnitPlan {
  const { unit, state } = desired;
  const held = (reason: string): UnitPlan => ({
    unit,
    state: 'held',
    reason,
    actions: [],
    parent: { action: 'unchanged' },
  });
  if (desired.state === 'held') return held(desired.reason);
  const heldWithAll = reasonForAll(context.permit);
  if (heldWithAll !== undefined) return held(heldWithAll);
  const suspended = desired.suspension && { suspension: desired.suspension };
  switch (desired.state) {
    case 'present': {
      const applies = desired.objects.map((object) => planApply(unit, object, live, context));
      const actions = [...applies.sort(inApplyOrder), ...planLeftovers(desired, live, context)];
      const parent = planParent(desired, live, actions, context);
      const plan: UnitPlan = { unit, state, reason: '', actions, parent, ...suspended };
      const reason = hasWork(plan) ? refuseOverwrite(unit, live, context.permit) : undefined;
      return reason === undefined ? plan : held(reason);
    }
    case 'removed': {
      const actions = afterTheDeployment(planLeftovers(desired, live, context));
      return { unit, state, reason: '', actions, parent: planParent(desired, live, actions, context), ...suspended };
    }
  }
}

function planApply(unit: string, desired: DesiredObject, live: LiveUnit, context: PlanContext): PlannedAction {
  const { kind, name } = desired;
  const found = live.objects.get(keyOf(kind, name));
  const action = { kind, name, reason: '', fields: [], drift: false, desired } as const;
  if (found === undefined) return { ...action, action: 'create' };
  const known = { ...action, live: found };
  if (found.metadata.deletionTimestamp !== undefined) {
    const reason = `it is being deleted since ${endingSince(found)}; it is made again when it is gone`;
    return { ...known, action: 'skip', reason };
  }
  const claim = claimOn(found, desired, unit);
  if (claim.by === null) return { ...known, action: 'conflict', reason: claim.reason };

  const { fields: differing, ownershipLost } = diffObject(desired.object, found, desired.left, desired.sealed?.mark);
  const retained = isRetainedFrom(found, unit);
  const isApplied = wasApplied(found, desired);
  const onTheWay = isApplied ? changedOnTheWay(desired.object, found, differing) : [];
  const seen = onTheWay.length === 0 ? known : { ...known, isChangedOnTheWay: true };
  const labels = [desired.object.metadata.labels, found.metadata.labels];
  const changers = onTheWay.length === 0 ? [] : context.changers?.({ kind, name, labels });
  const stripped = strippedMarks(desired.object, found);
  const rest = differing.filter((field) => !onTheWay.includes(field) && !stripped.includes(field.field));
  // A Secret without its digest may hold another value than main's: only writing it again makes sure.
  const isUnsure = kind === 'Secret' && found.metadata.annotations?.[DIGEST_ANNOTATION] === undefined;
  const fields = isUnsure ? differing : rest;
  if (fields.length === 0 && !ownershipLost && !retained) {
    if (stripped.length > 0) {
      return { ...known, action: 'skip', keptBy: 'lost_marks', reason: describeStripped(stripped, context.namespace) };
    }
    return { ...seen, action: 'unchanged', reason: describeOnTheWay(onTheWay, changers) };
  }
  const drift = !retained && isApplied;
  const withRest = (reason: string): string => joinWords(reason, describeOnTheWay(onTheWay, changers));
  const held = heldFields(fields);
  const free = fields.filter((field) => !held.includes(field));
  const judged = judgeChange(kind, free, found, context.expands);
  if (judged.verdict === 'impossible') {
    return { ...seen, action: 'skip', fields, drift, reason: withRest(judged.reason) };
  }
  if (held.length > 0) {
    const whole = reasonToHoldAll(kind, held, judgeChange(kind, fields, found, context.expands));
    if (whole !== undefined) {
      const reason = `${describeHeld(held)}; nothing of the ${kind} is applied, as ${whole}`;
      return { ...seen, action: 'conflict', fields, drift, reason: withRest(reason) };
    }
    if (free.length === 0 && !ownershipLost && !retained) {
      return { ...seen, action: 'conflict', fields, drift, isHeldByField: true, reason: withRest(describeHeld(held)) };
    }
  }
  if (judged.verdict === 'replace') return { ...known, action: 'replace', fields, drift, reason: judged.reason };
  const reason = retained
    ? 'takes over the volume that was kept'
    : claim.by === 'labels'
      ? describeAdoption(claim.from)
      : free.length === 0
        ? 'takes its fields back; no value changes'
        : '';
  return { ...known, action: 'configure', fields, drift, reason, ...(held.length > 0 && { isHeldByField: true }) };
}

/** Why a field that somebody holds holds its whole object; undefined where the rest can be applied. */
function reasonToHoldAll(
  kind: ManagedKind,
  held: readonly FieldDifference[],
  judged: Immutability,
): string | undefined {
  if (judged.verdict === 'replace') return judged.reason;
  return held.map((field) => reasonNotToHold(kind, field)).find((reason) => reason !== undefined);
}

function wasApplied(found: LiveObject, desired: DesiredObject): boolean {
  const wanted = desired.object.metadata.annotations?.[DIGEST_ANNOTATION];
  return wanted !== undefined && found.metadata.annotations?.[DIGEST_ANNOTATION] === wanted;
}

/** Objects of the unit that it does not want (any more). */
function planLeftovers(desired: DesiredUnit, live: LiveUnit, context: PlanContext): readonly PlannedAction[] {
  const { unit } = desired;
  const wanted = desired.state === 'present' ? desired.objects : [];
  const names = new Set(wanted.map(({ kind, name }) => keyOf(kind, name)));
  const applySetId = unitApplySetId(unit, context.namespace);
  const actions: PlannedAction[] = [];
  const leftovers = [...live.objects].filter(([key]) => !names.has(key)).map(([, object]) => object);
  const secretsInUse = leftovers.some(({ kind }) => kind === 'Secret')
    ? new Set([...context.secretsUsedElsewhere(), ...wanted.flatMap(({ object }) => [...secretsOf(object)])])
    : new Set<string>();
  for (const object of leftovers) {
    if (!isManagedKind(object.kind)) continue;
    const action = {
      kind: object.kind,
      name: object.metadata.name,
      reason: '',
      fields: [],
      drift: false,
      live: object,
    };
    if (object.metadata.deletionTimestamp !== undefined) {
      actions.push({ ...action, action: 'skip', reason: deletionReason(object), keptBy: 'deletion' });
      continue;
    }
    const { permit, removals } = context;
    if (desired.state === 'present' && desired.heldBack !== undefined) {
      actions.push({ ...action, action: 'skip', keptBy: 'rollout', reason: heldBackWords(desired.heldBack) });
      continue;
    }
    const refusal = refusePrune({ unit, object, applySetId, desired, permit, removals, secretsInUse });
    if (refusal === undefined) actions.push({ ...action, action: 'prune' });
    else if (refusal.guard === 'volume' && desired.state === 'removed') {
      actions.push(isRetainedFrom(object, unit) ? { ...action, action: 'unchanged' } : { ...action, action: 'retain' });
    } else actions.push({ ...action, action: 'skip', ...keptBecause(refusal, object, unit, context.namespace) });
  }
  return actions.sort(inRemovalOrder);
}
