import type { PlannedWrite } from '../instances/write.ts';

/** A write that turns something back, and what it does not turn back. */
export interface PlannedRestore extends PlannedWrite {
  readonly commit: string;
  /** Sentences, the bot by bot where there are several. */
  readonly notes: readonly string[];
}
