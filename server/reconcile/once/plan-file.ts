import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { ClaworcError } from '../../lib/errors.ts';
import { keyOf } from '../live/live-unit.ts';
import { digestOf, DIGEST_ANNOTATION } from '../desired/stamp.ts';
import type { PlannedAction, UnitPlan } from '../plan/plan-types.ts';
import type { RepoPlan } from './plan-repo.ts';

/** The form of the file; a reader that finds another one refuses it. */
const FORMAT = 'claworc-plan/1';

const PlannedObject = Type.Object({
  action: Type.String(),
  kind: Type.String(),
  name: Type.String(),
  /** Digest of what the action rests on: the object that is sent, the one that is there, and how they differ. */
  basis: Type.String({ pattern: '^[0-9a-f]{32}$' }),
});

const PlannedUnit = Type.Object({
  unit: Type.String(),
  state: Type.Union([Type.Literal('present'), Type.Literal('removed'), Type.Literal('held')]),
  reason: Type.String(),
  parent: Type.String(),
  objects: Type.Array(PlannedObject),
});

const PlanFileSchema = Type.Object({
  format: Type.Literal(FORMAT),
  /** The program that made it. */
  version: Type.String(),
  commit: Type.String({ pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$' }),
  /** UID of the cluster's namespace kube-system; null where the credential of `plan` may not read it. */
  cluster: Type.Union([Type.String(), Type.Null()]),
  server: Type.String(),
  namespace: Type.Union([Type.String(), Type.Null()]),
  /** Hash of the removals that are approved with the plan; absent where none are. */
  approvedRemovals: Type.Optional(Type.String({ pattern: '^[0-9a-f]{12}$' })),
  /** What a person reviews and a script compares: digest over all the rest but `version`. */
  digest: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  units: Type.Array(PlannedUnit),
});

/** A plan as `claworc plan --out` keeps it. No value of an object is in it, only digests. */
export type PlanFile = Static<typeof PlanFileSchema>;

/**
 * What is to be applied later, and only so. The digest covers the commit, the cluster and, of each object that is not
 * unchanged, what is done with it and what that rests on; what changes in the cluster without changing any of this (a status,
 * a resourceVersion, an object that stays as it is) leaves it alone.
 */
export function planFileOf(
  plan: Pick<RepoPlan, 'commit' | 'namespace' | 'server' | 'units' | 'approved'>,
  { cluster, version }: { readonly cluster: string | null; readonly version: string },
): PlanFile {
  const { commit, namespace, server } = plan;
  const units = plan.units
    .map(plannedUnit)
    .filter(({ objects, reason, parent }) => objects.length > 0 || reason !== '' || parent !== 'unchanged');
  const hash = plan.approved?.hash ?? null;
  const target = { format: FORMAT, commit, cluster, server, namespace } as const;
  const told = { ...target, ...(hash !== null && { approvedRemovals: hash }), units };
  return { ...told, version, digest: digestOf(told) };
}

function plannedUnit({ unit, state, reason, actions, parent }: UnitPlan): PlanFile['units'][number] {
  return {
    unit,
    state,
    reason: parent.action === 'conflict' ? parent.reason : reason,
    parent: parent.action,
    objects: actions
      .filter(({ action }) => action !== 'unchanged')
      .map((action) => ({ action: action.action, kind: action.kind, name: action.name, basis: basisOf(action) })),
  };
}

/** Values are hashed, never kept: a field of a ConfigMap may be what nobody wants in an artifact of a pipeline. */
function basisOf({ action, desired, live, fields, reason, drift, keptBy }: PlannedAction): string {
  return digestOf({
    action,
    // Of a sealed key the object holds place holders; its digest annotation covers the sealed file.
    wanted:
      desired === undefined
        ? null
        : (desired.object.metadata.annotations?.[DIGEST_ANNOTATION] ?? digestOf(desired.object)),
    live: live?.metadata.uid ?? null,
    fields: fields.map(({ field, main, live: there, owners }) => ({ field, main, there, owners })),
    drift,
    // When a turn comes is no part of what is agreed on.
    reason: keptBy === 'turn' ? keptBy : reason,
  });
}

/** Reads what `planFileOf` made. Throws `invalid` for any other text, and for one that was changed since. */
export function parsePlanFile(text: string, name: string): PlanFile {
  const refuse = (why: string): ClaworcError => new ClaworcError('invalid', `${name} ${why}.`, { subject: name });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ClaworcError('invalid', `${name} is no plan: it is not JSON.`, { subject: name, cause });
  }
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (typeof format === 'string' && format !== FORMAT) {
    throw refuse(
      `has the form ${JSON.stringify(format.slice(0, 40))}, and this Claworc reads ${FORMAT}: make the plan anew`,
    );
  }
  if (!Check(PlanFileSchema, value)) throw refuse('is no plan that `claworc plan --out` wrote');
  const { version: _, digest, ...told } = value;
  if (digestOf(told) !== digest) throw refuse('was changed after it was made: its digest is not that of its content');
  return value;
}

/** Differences that are named; the rest is counted. */
const NAMED = 20;

/**
 * Why what would be done now is not what was planned, for people, the gravest first; empty where it is the same. `now` is
 * the plan of the same commit made again.
 */
export function comparePlans(planned: PlanFile, now: PlanFile): readonly string[] {
  if (planned.commit !== now.commit) {
    return [`the plan is of commit ${short(planned.commit)}, and this is ${short(now.commit)}`];
  }
  const isElsewhere =
    planned.cluster !== null && now.cluster !== null ? planned.cluster !== now.cluster : planned.server !== now.server;
  if (isElsewhere) return [`the plan is for another cluster (${planned.server}), and this is ${now.server}`];
  if (planned.namespace !== now.namespace) {
    return [`the plan is for namespace ${planned.namespace ?? '(none)'}, and this is ${now.namespace ?? '(none)'}`];
  }
  const before = new Map(planned.units.map((unit) => [unit.unit, unit]));
  const after = new Map(now.units.map((unit) => [unit.unit, unit]));
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const found = names.flatMap((name) => compareUnits(name, before.get(name), after.get(name)));
  return found.length <= NAMED ? found : [...found.slice(0, NAMED), `and ${found.length - NAMED} more`];
}

type PlannedUnit = PlanFile['units'][number];

function compareUnits(name: string, before: PlannedUnit | undefined, after: PlannedUnit | undefined): string[] {
  const [was, is] = [standing(before), standing(after)];
  if (was !== is) return [`${name}: planned ${was}, now ${is}`];
  const planned = new Map(before?.objects.map((object) => [keyOf(object.kind, object.name), object]));
  const wanted = new Map(after?.objects.map((object) => [keyOf(object.kind, object.name), object]));
  const keys = [...new Set([...planned.keys(), ...wanted.keys()])];
  const objects = keys.flatMap((key) => {
    const [one, other] = [planned.get(key), wanted.get(key)];
    const object = one ?? other;
    if (object === undefined || one?.basis === other?.basis) return [];
    const place = `${name}: ${object.kind} ${object.name}`;
    if (one?.action !== other?.action)
      return [`${place}: planned ${one?.action ?? 'nothing'}, now ${other?.action ?? 'nothing'}`];
    return [`${place}: still ${object.action}, but of something else than was planned`];
  });
  return objects.length > 0 || before?.parent === after?.parent
    ? objects
    : [`${name}: the list of what it owns was changed`];
}

function standing(unit: PlannedUnit | undefined): string {
  // A unit of which nothing is to be done is not in the file.
  if (unit === undefined) return 'present';
  return unit.state === 'held' || unit.reason !== '' ? `${unit.state} (${unit.reason})` : unit.state;
}

const short = (commit: string): string => commit.slice(0, 7);
