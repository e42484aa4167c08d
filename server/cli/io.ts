import { visible } from '../../constructs/schema/explain/visible.ts';

/** Where a command speaks; `main.ts` gives it the terminal, tests give it arrays. */
export interface Io {
  /** Standard output: results. */
  out(line: string): void;
  /** Standard output, for a line that a CI runner is to obey: whatever others wrote in it has been escaped by its format. */
  command(line: string): void;
  /** Standard error: progress and errors. */
  err(line: string): void;
  /** True where a person reads; colours and progress lines belong only there. */
  readonly isTerminal: boolean;
}

/** 0 ok, 1 failed, 2 usage, 3 differences found, or something waits. */
export const EXIT = { ok: 0, failed: 1, usage: 2, differences: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** File names and messages of others reach a terminal or a CI log as text, never as something that it obeys. */
export const terminalIo: Io = {
  out: (line) => void process.stdout.write(`${visible(line)}\n`),
  command: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${visible(line)}\n`),
  isTerminal: process.stdout.isTTY,
};
