import { Compile } from 'typebox/compile';
import Type, { type Static, type TSchema } from 'typebox';
import { ClaworcError } from '../lib/errors.ts';

type Check = (value: unknown) => boolean;

const checks = new WeakMap<TSchema, Check>();

function checkOf(schema: TSchema): Check {
  const known = checks.get(schema);
  if (known !== undefined) return known;
  const compiled = Compile(schema);
  const check: Check = (value) => compiled.Check(value);
  checks.set(schema, check);
  return check;
}

/** A row as its schema says, or `database`: nothing that came from disk is believed. */
export function checkRow<S extends TSchema>(schema: S, row: unknown, what: string): Static<S> {
  if (!checkOf(schema)(row)) {
    throw new ClaworcError('database', `The database holds a row that is not as it should be (${what}).`);
  }
  return row as Static<S>;
}

/** A JSON column as its schema says. */
export function parseJson<S extends TSchema>(schema: S, text: string, what: string): Static<S> {
  return checkRow(schema, JSON.parse(text), what);
}

export const text = Type.String();
export const integer = Type.Integer();
export const nullableText = Type.Union([Type.String(), Type.Null()]);
export const nullableInteger = Type.Union([Type.Integer(), Type.Null()]);
export const nullableBytes = Type.Unsafe<Uint8Array | null>(
  Type.Refine(Type.Unknown(), (value) => value === null || value instanceof Uint8Array),
);
