import Type, { type Static } from 'typebox';
import { nullable, TimeSchema } from './common.ts';

/** A change of claworc.yaml that goes from ring to ring. */
export const RolloutStateSchema = Type.Object(
  {
    target: Type.String({ description: 'Commit whose claworc.yaml goes through the fleet.' }),
    from: Type.String({ description: 'Commit that the fleet ran before it.' }),
    phase: Type.Union([Type.Literal('running'), Type.Literal('paused'), Type.Literal('stopped')], {
      description: '`stopped`: by itself, as bots got unhealthy; it goes on when somebody says so.',
    }),
    reason: Type.String({ description: 'Why it stopped; empty otherwise.' }),
    ring: Type.Integer({ description: 'The newest ring that has the change, 1 for the first.' }),
    rings: Type.Array(Type.Integer(), { description: 'How many bots each ring has.' }),
    healthy: Type.Integer({ description: 'Bots that have the change and are healthy.' }),
    pending: Type.Integer({ description: 'Bots that are on their way to it.' }),
    unhealthy: Type.Array(Type.String(), { description: 'Bots that are unhealthy with it, by name.' }),
    excused: Type.Integer({
      description: 'Bots that count for nothing: unhealthy before it, accepted so by a person, or left alone.',
    }),
    held: Type.Integer({ description: 'Bots that it has not come to: each keeps what it runs.' }),
    since: TimeSchema,
    next_at: nullable(TimeSchema),
    sentence: Type.String({ description: 'All of it in words.' }),
  },
  { additionalProperties: false, $id: 'RolloutState' },
);
export type RolloutStateBody = Static<typeof RolloutStateSchema>;

const TargetSchema = Type.String({ pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$' });

/** What a person saw: where another rollout is on its way by now, nothing is done. */
export const SteerRolloutSchema = Type.Object(
  {
    action: Type.Union([Type.Literal('pause'), Type.Literal('resume'), Type.Literal('skip')], {
      description: '`resume`: also one that stopped. `skip`: all bots get the change at once.',
    }),
    target: TargetSchema,
  },
  { additionalProperties: false, $id: 'SteerRollout' },
);
export type SteerRolloutBody = Static<typeof SteerRolloutSchema>;

export const RollbackRolloutSchema = Type.Object(
  { target: TargetSchema },
  { additionalProperties: false, $id: 'RollbackRollout' },
);
