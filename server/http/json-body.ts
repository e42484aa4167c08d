import { ClaworcError } from '../lib/errors.ts';
import { parseStrictJson } from '../lib/strict-json.ts';

/** Largest body that is read, in bytes. */
export const MAX_BODY = 1024 * 1024;

/**
 * The value of a request body. An empty body is `undefined` (actions such as `start` take none); anything that is not
 * one JSON document in UTF-8 is `invalid` with line and column. The message never quotes more than one character.
 */
export function parseBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const result = parseStrictJson(decodeUtf8(bytes));
  if (result.ok) return result.value;
  const { line, column, message } = result;
  throw new ClaworcError('invalid', `The body is no valid JSON: line ${line}, column ${column}: ${message}.`, {
    field: 'body',
    body: { line, column },
  });
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ClaworcError('invalid', 'The body is not UTF-8.', { field: 'body', cause });
  }
}
