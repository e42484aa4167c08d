import { maskLeaks } from './check/leaks.ts';
import type { Problem } from './problem.ts';
import { findUnfit } from './check/unfit.ts';

/** Largest document that is read. Checked before anything looks into it. */
export const MAX_DOCUMENT_BYTES = 65_536;

const MAX_SOURCE = 160;

export type Decoded = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: Problem };

/** Bytes as text that is fit to be parsed: UTF-8 with `\n` alone at line ends, and not too large. */
export function decodeSource(bytes: Uint8Array | string, file: string, maxBytes = MAX_DOCUMENT_BYTES): Decoded {
  const size = typeof bytes === 'string' ? encoder.encode(bytes).byteLength : bytes.byteLength;
  const refuse = (message: string, line = 1, column = 1, text = ''): Decoded => ({
    ok: false,
    problem: { file, line, column, field: '', message, ...sourceOf(text, line, column) },
  });
  if (size > maxBytes) {
    return refuse(`is ${size} bytes long; at most ${maxBytes} (${maxBytes / 1024} KiB) are read`);
  }
  const text = typeof bytes === 'string' ? bytes : decodeUtf8(bytes);
  if (typeof text !== 'string') {
    return refuse('is not UTF-8 text: this byte cannot be read', text.line, text.column);
  }
  if (text.startsWith('\uFEFF')) return refuse('starts with a byte order mark; save it as UTF-8 without one');
  const unfit = findUnfit(text, true);
  if (unfit !== undefined) {
    const { line, column } = placeAt(text, unfit.offset);
    return refuse(unfit.reason, line, column, text);
  }
  return { ok: true, text };
}

const encoder = new TextEncoder();

/** The text, or the place of the first byte that is not UTF-8. A byte order mark is kept. */
function decodeUtf8(bytes: Uint8Array): string | { readonly line: number; readonly column: number } {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Everything before the first replacement character is valid, unless the text itself holds one.
    const lossy = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    return placeAt(lossy, Math.max(0, lossy.indexOf('\uFFFD')));
  }
}

/** 1-based line and column (in characters as JavaScript counts them) of an offset. */
export function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - start + 1 };
}

/** The `source` of a problem: its line without keys in clear text, cut behind the column where it is very long. */
export function sourceOf(text: string, line: number, column = 1): { readonly source?: string } {
  const source = text.split('\n', line)[line - 1];
  return source === undefined || source === ''
    ? {}
    : { source: maskLeaks(source).slice(0, Math.max(MAX_SOURCE, column + 40)) };
}
