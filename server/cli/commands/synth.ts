import { systemClock } from '../../lib/clock.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import type { ExitCode } from '../io.ts';
import { runSynth } from '../synth.ts';

interface Options extends CommonOptions {
  readonly repo?: string;
  readonly path?: string;
  readonly anyOwner: boolean;
  readonly check: boolean;
}

export function synth(
  { repo = '.', path, anyOwner, check, json }: Options,
  { io, cwd, env }: Invocation,
): Promise<ExitCode> {
  return runSynth({ repo, cwd, path, anyOwner, check, json, env, clock: systemClock }, io);
}
