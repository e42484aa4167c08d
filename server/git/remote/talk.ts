import type { GitRunOptions, Spoken } from '../client.ts';

/** Runs a command of git that talks to the remote, whatever its exit code. */
export type Talk = (
  args: readonly string[],
  signal: AbortSignal | undefined,
  how?: Pick<GitRunOptions, 'config' | 'tellsPackets'>,
) => Promise<Spoken>;

/** The error that a command which failed stands for. */
export type Failed = (verb: string, spoken: Spoken) => Error;
