/** Why a sealed key, an identity or a value was refused; for tests and for callers that treat one of them apart. */
export type RefusalCode =
  | 'too_large'
  | 'not_yaml'
  | 'not_a_sealed_key'
  | 'not_encrypted'
  | 'unsupported'
  | 'no_identity'
  | 'tampered'
  | 'wrong_binding'
  | 'missing'
  | 'unreadable'
  | 'malformed'
  | 'empty'
  | 'control_characters'
  | 'invisible_characters'
  | 'quoted'
  | 'assignment'
  | 'no_value';

/** An expected outcome, not an exception. `reason` is a sentence for people and never holds a value, a key or an identity. */
export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly reason: string;
}

export function refuse(code: RefusalCode, reason: string): Refusal {
  return { ok: false, code, reason };
}

/** The errno of a failed file operation, `ENOENT`; `unknown` for anything else. */
export function fileErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
