import { simpleGit, type SimpleGit } from 'simple-git';
import type { ClaworcError } from '../lib/errors.ts';
import { gitError } from './errors.ts';

export interface GitRunOptions {
  /** For stdin. Never empty: simple-git would leave stdin open, and git would wait for ever. */
  readonly input?: Buffer | string;
  /** Exit codes that are answers and not failures; default only 0. */
  readonly expect?: readonly number[];
}

/** Runs git in one folder. Every argument is ours or was matched by a pattern before: never text that people type. */
export interface Git {
  readonly folder: string;
  /** stdout as it is. Git's own failures throw a ClaworcError of `errors.ts`. */
  text(args: readonly string[], options?: GitRunOptions): Promise<string>;
  /** Bytes of `git cat-file <args>`. */
  catFile(args: readonly string[], options?: GitRunOptions): Promise<Buffer>;
}

/** Nothing that a configuration says may run a program or change what we read; objects and refs reach the disk. */
const CONFIG = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.fsync=all', 'core.quotePath=false'];

const GIT_ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_DEFAULT_REF_FORMAT: 'files',
} as const;

/**
 * A git client for `folder`, which must be the top of the repository: git never looks for one above `ceiling`.
 * The environment is made from scratch; `path` (default: the PATH of this process) is all that is taken over.
 */
export function createGit(folder: string, ceiling: string, path = process.env.PATH ?? '/usr/bin:/bin'): Git {
  const environment = {
    PATH: path,
    HOME: '/nonexistent',
    LC_ALL: 'C',
    ...GIT_ENVIRONMENT,
    GIT_CEILING_DIRECTORIES: ceiling,
  };
  const run = async <T>(
    verb: string,
    { input, expect = [0] }: GitRunOptions,
    task: (client: SimpleGit) => Promise<T>,
  ): Promise<T> => {
    // simple-git would wrap an error that is not its own in one that hides it.
    let failure: ClaworcError | undefined;
    const client = simpleGit({
      baseDir: folder,
      // The operator named this folder: that another user owns it (a CI container) is no reason not to read it.
      config: [...CONFIG, `safe.directory=${folder}`],
      allowEnvironment: [...Object.keys(GIT_ENVIRONMENT), 'GIT_CEILING_DIRECTORIES'],
      unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, allowUnsafeConfigPaths: true },
      // By default output that comes later than 50 ms after git's exit is cut off.
      completion: { onClose: true, onExit: false },
      errors: (error, result) => {
        if (result.exitCode >= 0 && expect.includes(result.exitCode)) return undefined;
        failure = gitError(verb, result.exitCode, Buffer.concat(result.stdErr).toString(), error);
        return failure;
      },
      ...(input === undefined ? {} : { input: () => input }),
    }).env(environment);
    try {
      return await task(client);
    } catch (error) {
      throw failure ?? gitError(verb, -1, '', error);
    }
  };
  return {
    folder,
    text: (args, options = {}) => run(args[0] ?? '', options, (client) => client.raw([...args])),
    catFile: (args, options = {}) =>
      run('cat-file', options, async (client) => {
        const bytes: unknown = await client.binaryCatFile([...args]);
        if (!Buffer.isBuffer(bytes)) throw new TypeError('cat-file gave no bytes');
        return bytes;
      }),
  };
}
