import Type, { type Static } from 'typebox';
import { ONE_LINE_PATTERN } from './one-line.ts';

export const ReconcileModeSchema = Type.Union(
  [Type.Literal('apply'), Type.Literal('detect'), Type.Literal('suspend')],
  {
    description:
      '`apply` (the default): the cluster is brought to what main says. `detect`: it is compared, drift is told, and nothing is written. `suspend`: nothing is written, and what differs is only shown.',
  },
);

/** Whether a bot is brought to what main says. */
export type ReconcileMode = Static<typeof ReconcileModeSchema>;

export const LONGEST_REASON = 300;

export const ReconcileSchema = Type.Object(
  {
    mode: ReconcileModeSchema,
    reason: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LONGEST_REASON,
        pattern: ONE_LINE_PATTERN,
        description: 'Why, one line, for whoever finds it so.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'Whether Claworc brings the cluster to what main says, see "Suspended, or only compared". It changes nothing that is rendered. Without it a record follows claworc.yaml.',
  },
);

/** Of what is not applied: how, why, and which document says so. */
export interface Suspension {
  readonly mode: Exclude<ReconcileMode, 'apply'>;
  readonly reason: string | null;
  readonly from: 'record' | 'fleet';
}

interface Reconciled {
  readonly spec: { readonly reconcile?: Static<typeof ReconcileSchema> };
}

/**
 * What keeps a unit from being applied; undefined where nothing does. The record's own word counts before the fleet's,
 * `apply` too. Of what has no record the fleet's counts.
 */
export function suspensionOf(record: Reconciled | undefined, fleet: Reconciled | null): Suspension | undefined {
  const own = record?.spec.reconcile;
  const { mode, reason } = own ?? fleet?.spec.reconcile ?? { mode: 'apply' as const };
  if (mode === 'apply') return undefined;
  return { mode, reason: reason ?? null, from: own === undefined ? 'fleet' : 'record' };
}

/** `Suspended: it leaks memory, see the dump`, or without a reason `Suspended`. */
export function suspensionWords({ mode, reason, from }: Suspension): string {
  const word = mode === 'suspend' ? 'suspended' : 'only compared';
  const who = from === 'fleet' ? `${word} with the whole fleet` : word;
  return reason === null ? who : `${who} (${reason})`;
}
