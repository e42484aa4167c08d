import type { KeyScope } from './schema/index.ts';

/** An API key as rendering sees it: where its Secret is and a digest of its sealed form, never a value. */
export interface KeyInUse {
  /** Name of the environment variable. */
  readonly name: string;
  readonly scope: KeyScope;
  readonly secretName: string;
  /** 16 hex digits over the ENC text of the value. */
  readonly digest: string;
}
