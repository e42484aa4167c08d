export interface Bad {
  readonly what: string;
  readonly text: string | Uint8Array;
  /** `line:column`. */
  readonly at: string;
  readonly field: string;
  readonly says: string;
}

export function bad(what: string, text: string | Uint8Array, at: string, field: string, says: string): Bad {
  return { what, text, at, field, says };
}
