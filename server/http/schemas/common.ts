import Type, { type Static } from 'typebox';

export const ErrorBodySchema = Type.Object(
  {
    detail: Type.String({ description: 'What failed, on which object, why, and what to do.' }),
    code: Type.String(),
    field: Type.Optional(Type.String()),
  },
  { additionalProperties: true, $id: 'Error', description: 'Every answer of 400 and above.' },
);
export type ErrorBody = Static<typeof ErrorBodySchema>;

export const StatusSchema = Type.Union([
  Type.Literal('creating'),
  Type.Literal('running'),
  Type.Literal('stopped'),
  Type.Literal('error'),
]);
export type Status = Static<typeof StatusSchema>;

/** The place that can mend what a status tells of; `none` where no single place can. */
export const RepairSchema = Type.Union([
  Type.Literal('image'),
  Type.Literal('resources'),
  Type.Literal('pull_secret'),
  Type.Literal('volume'),
  Type.Literal('config'),
  Type.Literal('key'),
  Type.Literal('node'),
  Type.Literal('ports'),
  Type.Literal('log'),
  Type.Literal('none'),
]);
export type Repair = Static<typeof RepairSchema>;

/** How changes come to main. */
export const PublishModeSchema = Type.Union([Type.Literal('direct'), Type.Literal('propose')], {
  description: '`propose`: by proposals alone, but for stopping a bot.',
});

export const SyncSchema = Type.Union([
  Type.Literal('draft'),
  Type.Literal('proposed'),
  Type.Literal('published'),
  Type.Literal('applied'),
  Type.Literal('drifted'),
  Type.Literal('failed'),
]);
export type Sync = Static<typeof SyncSchema>;

export const ScreenSchema = Type.Union([Type.Literal('chrome'), Type.Literal('terminal')]);
export type Screen = Static<typeof ScreenSchema>;

/** UTC ISO 8601. */
export const TimeSchema = Type.String({ format: 'date-time' });

export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
