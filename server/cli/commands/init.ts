import { resolve } from 'node:path';
import { systemClock } from '../../lib/clock.ts';
import { initData } from '../../services/commands/init.ts';
import { identityNotice } from '../identity-notice.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { type RepositoryOptions, repositoryChoice } from '../options.ts';
import { signerOf, type SigningOptions } from '../signing-options.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions, RepositoryOptions, SigningOptions {
  readonly data: string;
  readonly repo?: string;
  readonly identity?: string;
  readonly examples: boolean;
  readonly namespace: string;
}

/** `claworc init`: makes what is missing and leaves what is there. */
export async function init(options: Options, { io, cwd }: Invocation): Promise<ExitCode> {
  const { data, repo, identity, examples, namespace, json } = options;
  const result = await initData({
    data: resolve(cwd, data),
    from: repositoryChoice(options),
    namespace,
    withExamples: examples,
    signer: await signerOf(options, cwd),
    clock: systemClock,
    log: logFor(io, options),
    ...(repo === undefined ? {} : { repo: resolve(cwd, repo) }),
    ...(identity === undefined ? {} : { identity: resolve(cwd, identity) }),
  });
  if (json) {
    io.out(JSON.stringify(result, null, 2));
    return EXIT.ok;
  }
  if (result.identityIsNew) for (const line of identityNotice(result.identity)) io.out(line);
  io.out(
    result.commit === null
      ? `repository ${result.repository} has commits already and is left as it is`
      : `repository ${result.repository} starts at ${result.commit.slice(0, 7)}`,
  );
  return EXIT.ok;
}
