import { createHash } from 'node:crypto';

/** First 16 hex digits of SHA-256: enough to notice a change, short enough to read in a diff. */
export function shortDigest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16);
}
