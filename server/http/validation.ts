import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { fieldOf, type Step } from '../../constructs/schema/explain/field-path.ts';
import { expectationOf } from '../../constructs/schema/explain/expectations.ts';
import { nearestName } from '../../constructs/schema/explain/nearest.ts';
import { ClaworcError } from '../lib/errors.ts';

export interface FieldFault {
  /** Its path, `api_keys.OPENAI_API_KEY`; the name of the part (`body`) for the part itself. */
  readonly field: string;
  readonly message: string;
}

type Check = (value: unknown) => { value: unknown } | { error: Error };

/**
 * The check that Fastify runs on a part of a request. Nothing is coerced, dropped or filled in; the first fault becomes
 * `invalid` with the field and a sentence. Values are never repeated in it: a key might be among them.
 */
export function compileCheck(schema: TSchema, part: string): Check {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return { value };
    const fault = describe(validator.Errors(value), schema, { part, value });
    const sentence = fault.message.endsWith('?') ? fault.message : `${fault.message}.`;
    return { error: new ClaworcError('invalid', sentence, { field: fault.field }) };
  };
}

function describe(
  errors: readonly TLocalizedValidationError[],
  schema: TSchema,
  { part, value }: { readonly part: string; readonly value: unknown },
): FieldFault {
  const unknown = errors.find((error) => error.keyword === 'additionalProperties');
  const first = unknown ?? errors[0];
  if (first === undefined) return { field: part, message: `${part} is not valid` };
  const at = (path: string, ...name: readonly string[]): string => fieldOf([...placesOf(path, value), ...name]) || part;
  if (first.keyword === 'additionalProperties') {
    const [name = ''] = first.params.additionalProperties;
    const near = nearestName(name, knownFields(schema, first.instancePath));
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    const field = at(first.instancePath, name);
    return { field, message: `${field} is no field of ${at(first.instancePath)}${hint}` };
  }
  if (first.keyword === 'required') {
    const [name = ''] = first.params.requiredProperties;
    const field = at(first.instancePath, name);
    return { field, message: `${field} is missing` };
  }
  return { field: at(first.instancePath), message: `${at(first.instancePath)} ${words(first, errors)}` };
}

/** What is wrong with one value, after its name. */
function words(first: TLocalizedValidationError, errors: readonly TLocalizedValidationError[]): string {
  const same = errors.filter((error) => error.instancePath === first.instancePath);
  const choices = same.flatMap((error) =>
    error.keyword === 'const' ? [JSON.stringify(error.params.allowedValue)] : [],
  );
  if (choices.length > 0) return `must be ${[...new Set(choices)].join(' or ')}`;
  if (first.keyword === 'type') {
    const types = same.flatMap((error) => (error.keyword === 'type' ? [error.params.type].flat() : []));
    return `must be ${[...new Set(types)].map((type) => TYPE_WORDS[type] ?? type).join(' or ')}`;
  }
  if (first.keyword === 'minLength') {
    return first.params.limit === 1 ? 'must not be empty' : `must have at least ${first.params.limit} characters`;
  }
  if (first.keyword === 'maxLength') return `must have at most ${first.params.limit} characters`;
  if (first.keyword === 'pattern') return `must be ${expectationOf(String(first.params.pattern))}`;
  return first.message;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  object: 'an object',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  array: 'a list',
};

function knownFields(schema: TSchema, instancePath: string): string[] {
  const properties = resolvePath(schema, instancePath)?.properties;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

function resolvePath(schema: TSchema, instancePath: string): Record<string, unknown> | undefined {
  let current: unknown = schema;
  for (const step of stepsOf(instancePath)) {
    const properties = (current as { properties?: Record<string, unknown> }).properties;
    current = properties?.[step];
    if (current === undefined) return undefined;
  }
  return current as Record<string, unknown>;
}

/** A place in a value; what leads into a list is an index. */
function placesOf(instancePath: string, value: unknown): readonly Step[] {
  let node = value;
  return stepsOf(instancePath).map((step) => {
    const isIndex = Array.isArray(node);
    node = (node as Readonly<Record<string, unknown>> | null | undefined)?.[step];
    return isIndex ? Number(step) : step;
  });
}

function stepsOf(instancePath: string): string[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
