import { findLeaks } from '../schema/check/leaks.ts';
import { problemsOf } from '../schema/explain/issue.ts';
import type { Problem } from '../schema/index.ts';
import { placeAt, sourceOf } from '../schema/source.ts';

/** Encrypted text: its base64 may look like anything. Neither can start within itself, so that no text is read twice. */
const SEALED = /ENC\[[^[\]\n]*\]/g;
const AGE_FILE = { begin: '-----BEGIN AGE ENCRYPTED FILE-----', end: '-----END AGE ENCRYPTED FILE-----' } as const;

/** The text with blanks in place of what is encrypted. */
function withoutSealed(text: string): string {
  let visible = text.replace(SEALED, blank);
  for (let from = visible.indexOf(AGE_FILE.begin); from >= 0; from = visible.indexOf(AGE_FILE.begin, from)) {
    const end = visible.indexOf(AGE_FILE.end, from);
    if (end < 0) break;
    const after = end + AGE_FILE.end.length;
    visible = visible.slice(0, from) + blank(visible.slice(from, after)) + visible.slice(after);
    from = after;
  }
  return visible;
}

function blank(sealed: string): string {
  return sealed.replace(/[^\n]/g, ' ');
}

/** Keys in clear text anywhere in a file, comments included. The messages never repeat them. */
export function leakProblems(bytes: Uint8Array | string, file: string): readonly Problem[] {
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
  const visible = withoutSealed(text);
  return problemsOf(findLeaks(visible), ({ what, offset }) => {
    const { line, column } = placeAt(text, offset);
    const message = `holds ${what} in clear text; seal it as an API key and take this one out of use`;
    return { file, line, column, field: '', message, ...sourceOf(text, line, column) };
  });
}
