import type { CommonOptions, Invocation } from '../invocation.ts';
import type { ExitCode } from '../io.ts';
import { runVerify } from '../verify.ts';

interface Options extends CommonOptions {
  readonly repo?: string;
  readonly path?: string;
}

export function verify({ repo = '.', path, json }: Options, { io, cwd }: Invocation): Promise<ExitCode> {
  return Promise.resolve(runVerify({ repo, cwd, path, json }, io));
}
