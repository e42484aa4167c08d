import type { Io } from './io.ts';

/** What every command gets from the process it runs in. */
export interface Invocation {
  readonly io: Io;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Folder of this installation: examples, built dashboard. */
  readonly root: string;
  readonly version: string;
  /** Aborted by Ctrl+C or SIGTERM; a command then ends as soon as it can without leaving anything half done. */
  readonly signal: AbortSignal;
}

export interface CommonOptions {
  readonly json: boolean;
  readonly verbose: boolean;
}
