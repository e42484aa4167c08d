import { findLeaks } from '../schema/leaks.ts';
import type { Problem } from '../schema/index.ts';
import { placeAt, sourceOf } from '../schema/source.ts';

/** Encrypted text: its base64 may look like anything. */
const SEALED = /ENC\[[^\]\n]*\]|-----BEGIN AGE ENCRYPTED FILE-----[\s\S]*?-----END AGE ENCRYPTED FILE-----/g;

/** Keys in clear text anywhere in a file, comments included. The messages never repeat them. */
export function leakProblems(bytes: Uint8Array | string, file: string): readonly Problem[] {
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
  const visible = text.replace(SEALED, (sealed) => sealed.replace(/[^\n]/g, ' '));
  return findLeaks(visible).map(({ what, offset }) => {
    const { line, column } = placeAt(text, offset);
    const message = `holds ${what} in clear text; seal it as an API key and take this one out of use`;
    return { file, line, column, field: '', message, ...sourceOf(text, line, column) };
  });
}
