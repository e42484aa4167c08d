import { CLOSE_CODES, type ScreenEndName } from '../http/schemas/close-codes.ts';

/** Why a screen ended, and what the viewer is told. */
export interface ScreenEnd {
  readonly name: ScreenEndName;
  readonly code: number;
  /** For people; at most 100 bytes, since a close frame has room for 123. */
  readonly reason: string;
}

const MAX_REASON_BYTES = 100;

/** `detail` takes the place of the usual words. */
export function screenEnd(name: ScreenEndName, detail?: string): ScreenEnd {
  const { code, reason } = CLOSE_CODES[name];
  return { name, code, reason: cutToBytes(detail ?? reason, MAX_REASON_BYTES) };
}

function cutToBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const bytes = new TextEncoder().encodeInto(text, new Uint8Array(limit - 3)).read;
  return `${text.slice(0, bytes)}…`;
}
