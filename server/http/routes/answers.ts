import Type, { type TSchema } from 'typebox';
import { ErrorBodySchema } from '../schemas/common.ts';

/** The error answers that every route may give. */
const errors = { '4xx': ErrorBodySchema, '5xx': ErrorBodySchema };

export const answers = <Schema extends TSchema>(schema: Schema) => ({ 200: schema, ...errors });

/** A write: 200 with its commit, or 202 while the commit is on its way (`sync: draft`). */
export const writeAnswers = <Schema extends TSchema>(schema: Schema) => ({ 200: schema, 202: schema, ...errors });

export const createAnswers = <Schema extends TSchema>(schema: Schema) => ({ 201: schema, 202: schema, ...errors });

/** A stream of server-sent events; its payloads are described in words, since OpenAPI has no form for them. */
export const streamAnswers = (description: string) => ({
  200: { description, content: { 'text/event-stream': { schema: Type.String() } } },
  ...errors,
});
