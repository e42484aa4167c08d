import type { TSchema } from 'typebox';
import { BotInstanceSchema } from './bot-instance.ts';
import { expectationOf } from './explain/expectations.ts';
import { isObject } from './explain/explain.ts';
import { FleetSchema } from './fleet.ts';
import { TombstoneSchema } from './tombstone.ts';

/** Every kind of document, by the file name that its JSON Schema is published under. */
export const DOCUMENTS: Readonly<Record<string, TSchema>> = {
  'bot-instance.schema.json': BotInstanceSchema,
  'fleet.schema.json': FleetSchema,
  'tombstone.schema.json': TombstoneSchema,
};

/**
 * The JSON Schemas that editors complete and check records with: draft-07, which all of them know. Patterns carry
 * the same words as our own messages (`patternErrorMessage`), choices are enums.
 */
export function publishedSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(DOCUMENTS).map(([file, schema]) => {
      const plain = forEditors(JSON.parse(JSON.stringify(schema)) as unknown) as object;
      return [file, `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...plain }, null, 2)}\n`];
    }),
  );
}

function forEditors(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(forEditors);
  if (!isObject(node)) return node;
  const { anyOf, ...rest } = node;
  const plain = Object.fromEntries(Object.entries(rest).map(([name, item]) => [name, forEditors(item)]));
  if (typeof node.pattern === 'string') {
    return { ...plain, patternErrorMessage: `must be ${expectationOf(node.pattern)}` };
  }
  if (!Array.isArray(anyOf)) return plain;
  return { ...plain, enum: anyOf.map((choice: unknown) => (isObject(choice) ? choice.const : choice)) };
}
