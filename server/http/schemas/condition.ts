import Type from 'typebox';
import { nullable } from './common.ts';

/** One answer about a bot, in the shape that conditions of Kubernetes objects have. */
export const ConditionSchema = Type.Object(
  {
    type: Type.Union([Type.Literal('Ready'), Type.Literal('Synced'), Type.Literal('Healthy'), Type.Literal('Held')]),
    status: Type.Union([Type.Literal('True'), Type.Literal('False'), Type.Literal('Unknown')]),
    reason: Type.String({ description: 'One word for programs.' }),
    message: Type.String({ description: 'For people; empty where the word says it all.' }),
    since: nullable(Type.String({ description: 'UTC, ISO 8601; null where it is not known.' })),
  },
  { additionalProperties: false, $id: 'Condition' },
);
