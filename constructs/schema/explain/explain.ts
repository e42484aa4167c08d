import type { TSchema } from 'typebox';
import { expectationOf, insteadOf } from './expectations.ts';
import { fieldOf, type Step } from './field-path.ts';
import { MOST_PROBLEMS, type Issue } from './issue.ts';
import { maskLeaks } from '../check/leaks.ts';
import { nearestName } from './nearest.ts';

/** The part of JSON Schema that our documents are written in. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
}

/**
 * Everything in which a value departs from a schema, in the order of the document and in words for people.
 * Empty exactly when the value is valid. Needs no generated code, so that a strict page policy allows it.
 */
export function explain(schema: TSchema, value: unknown): readonly Issue[] {
  const issues: Issue[] = [];
  visit(schema, value, [], issues);
  return issues;
}

function visit(schema: Schema, value: unknown, path: readonly Step[], issues: Issue[]): void {
  const say = (message: string) => issues.push({ path, on: 'value', message });
  const choices = choicesOf(schema);
  if (choices !== undefined) {
    if (!choices.includes(value)) say(`${show(value)} is not allowed here: ${oneOf(choices)}`);
    return;
  }
  switch (schema.type) {
    case 'object':
      if (isObject(value)) visitObject(schema, value, path, issues);
      else say(`must be a mapping, not ${kindOf(value)}`);
      return;
    case 'array':
      if (!Array.isArray(value)) say(`must be a list, not ${kindOf(value)}`);
      else if (schema.items !== undefined) {
        for (const [index, item] of value.entries()) visit(schema.items, item, [...path, index], issues);
      }
      return;
    case 'string':
      checkText(schema, value, say);
      return;
    case 'integer':
      checkInteger(schema, value, say);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') say(`must be true or false, not ${kindOf(value)}`);
      return;
    case undefined:
    default:
      throw new TypeError(`a schema of type ${schema.type ?? 'none'} at ${fieldOf(path)} cannot be explained`);
  }
}

function visitObject(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  path: readonly Step[],
  issues: Issue[],
): void {
  const known = schema.properties ?? {};
  const patterns = Object.entries(schema.patternProperties ?? {});
  /** Fields that are there under a mistyped name: saying that they are missing would only confuse. */
  const mistyped = new Set<string>();
  for (const [name, item] of Object.entries(value)) {
    // A form that leaves a field out may hold it as undefined.
    if (item === undefined) continue;
    const below = [...path, name];
    const match = Object.hasOwn(known, name) ? known[name] : patterns.find(([pattern]) => matches(pattern, name))?.[1];
    if (match !== undefined) visit(match, item, below, issues);
    else if (schema.additionalProperties === false) {
      if (issues.length < MOST_PROBLEMS) mistyped.add(nearestName(name, Object.keys(known)) ?? '');
      // What nobody is told needs no words.
      const message =
        issues.length < MOST_PROBLEMS ? unknownField(name, below, Object.keys(known), patterns[0]?.[0]) : '';
      issues.push({ path: below, on: 'key', message });
    }
  }
  for (const name of schema.required ?? []) {
    if (value[name] !== undefined || mistyped.has(name)) continue;
    const what = known[name]?.description;
    const message = `${name} is missing${what === undefined ? '' : `: ${what.replace(/\.$/, '')}`}`;
    issues.push({ path: [...path, name], on: 'key', message });
  }
}

function unknownField(name: string, path: readonly Step[], known: readonly string[], pattern?: string): string {
  if (pattern !== undefined) return `${JSON.stringify(name)} is not ${expectationOf(pattern)}`;
  const owner = path.length === 1 ? 'the document' : fieldOf(path.slice(0, -1));
  const instead = insteadOf(fieldOf(path));
  if (instead !== undefined) return `${JSON.stringify(name)} is not a field of ${owner}: ${instead}`;
  const near = nearestName(name, known);
  const advice = near === undefined ? `it has ${known.join(', ')}` : `did you mean ${JSON.stringify(near)}?`;
  return `${JSON.stringify(name)} is not a field of ${owner}; ${advice}`;
}

function checkText(schema: Schema, value: unknown, say: (message: string) => void): void {
  if (typeof value !== 'string') {
    const quoted = typeof value === 'number' || typeof value === 'boolean' ? `; write "${value}" in quotes` : '';
    say(`must be text, not ${kindOf(value)}${quoted}`);
    return;
  }
  // Code points, as JSON Schema counts; counted only where the answer could matter.
  const length = value.length > (schema.maxLength ?? Infinity) ? Array.from(value).length : value.length;
  if (length < (schema.minLength ?? 0)) say('must not be empty');
  else if (length > (schema.maxLength ?? Infinity)) {
    say(`is ${length} characters long; at most ${schema.maxLength ?? 0} are allowed`);
  } else if (schema.pattern !== undefined && !matches(schema.pattern, value)) {
    say(`${show(value)} is not ${expectationOf(schema.pattern)}`);
  }
}

function checkInteger(schema: Schema, value: unknown, say: (message: string) => void): void {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (!Number.isInteger(value)) {
    say(`must be a whole number, not ${kindOf(value)}`);
  } else if (typeof value === 'number' && (value < minimum || value > maximum)) {
    const range = maximum === Infinity ? `at least ${minimum}` : `from ${minimum} to ${maximum}`;
    say(`${value} is out of range: it must be ${range}`);
  }
}

const compiled = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) compiled.set(pattern, (expression = new RegExp(pattern, 'u')));
  return expression.test(text);
}

function choicesOf(schema: Schema): readonly unknown[] | undefined {
  if (schema.const !== undefined) return [schema.const];
  return schema.anyOf?.map((choice) => choice.const);
}

function oneOf(choices: readonly unknown[]): string {
  const shown = choices.map(show);
  return shown.length === 1
    ? `it must be ${shown.join('')}`
    : `it must be ${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'text' : show(value);
}

/** A value in a message, cut to a readable length. */
function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return kindOf(value);
  const text = JSON.stringify(typeof value === 'string' ? maskLeaks(value) : value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
