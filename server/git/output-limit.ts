import { ClaworcError } from '../lib/errors.ts';

export interface OutputLimit {
  /** Of stdout and stderr together. */
  readonly bytes: number;
  /** What is thrown, given the beginning of what git said. */
  readonly refuse: (said: string) => ClaworcError;
}

const MAX_BYTES = 64 * 1024 * 1024;
/** What is kept for a refusal: the files of ten thousand bots, so that what is too much is seen in it. */
const BEGINNING_BYTES = 8 * 1024 * 1024;

/**
 * A few small objects can make git say more than any memory holds: a tree that contains itself ten times, ten levels deep,
 * is ten thousand million files, and a remote may talk without an end. So git is ended while it speaks.
 */
export function limitOutput(verb: string, limit: OutputLimit = defaultLimit(verb)) {
  const ending = new AbortController();
  const said: Buffer[] = [];
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= limit.bytes) return;
    ending.abort();
  };
  return {
    /** Aborted as soon as it is too much. */
    signal: ending.signal,
    watch: (stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream): void => {
      stdout.on('data', (chunk: Buffer) => {
        if (bytes <= BEGINNING_BYTES) said.push(chunk);
        count(chunk);
      });
      stderr.on('data', count);
    },
    excess: (): ClaworcError | undefined =>
      ending.signal.aborted ? limit.refuse(Buffer.concat(said).toString('utf8')) : undefined,
  };
}

function defaultLimit(verb: string): OutputLimit {
  return {
    bytes: MAX_BYTES,
    refuse: () => new ClaworcError('too_large', `git ${verb} says more than ${MAX_BYTES / 1024 / 1024} MiB`),
  };
}
