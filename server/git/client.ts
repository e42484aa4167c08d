import { simpleGit, type SimpleGit } from 'simple-git';
import { ClaworcError } from '../lib/errors.ts';
import { gitError, isSilence } from './errors.ts';
import { limitOutput, type OutputLimit } from './output-limit.ts';
import { silenceOf } from './silence.ts';

export interface GitRunOptions {
  /** For stdin. Never empty: simple-git would leave stdin open, and git would wait for ever. */
  readonly input?: Buffer | string;
  /** Exit codes that are answers and not failures; default only 0. */
  readonly expect?: readonly number[] | 'any';
  /** Gives up on a git that says nothing for so long. @default that of the client */
  readonly silentMs?: number;
  /** The most that git may ask memory for at once; it ends with `too_large`. @default no limit */
  readonly allocationBytes?: number;
  /** `name=value`, for this command. */
  readonly config?: readonly string[];
  /** Ends git. */
  readonly signal?: AbortSignal;
  /** How much git may say. @default 64 MiB, then `too_large` */
  readonly limit?: OutputLimit;
  /** Lets git tell on stderr what it hears from the other side, line by line. @default false */
  readonly tellsPackets?: boolean;
}

/** How a command ended that talks to a remote: its failures are read by `remote/errors.ts`. */
export interface Spoken {
  /** -1 for a git that was ended. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitOptions {
  /** @default the PATH of this process */
  readonly path?: string;
  /** Where the repository is, asked for each command. @default git looks for it, as `init` and `config --file` need not */
  readonly place?: () => RepositoryPlace;
  /** For each command that does not say. @default by its command, see `silence.ts` */
  readonly silentMs?: number;
  /** Told that git was ended because it was silent for too long; may throw what is so. */
  readonly onSilence?: () => void;
  /** What opens the remote, asked for each command. @default nothing is reached but this repository */
  readonly access?: () => Promise<CommandAccess>;
}

/** What a command that talks to a remote gets beside its arguments. */
export interface CommandAccess {
  /** The one way over which git may go: `https`. */
  readonly protocol: string;
  /** `name=value`, stronger than ours. */
  readonly config: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The folders that make a repository for git. */
export interface RepositoryPlace {
  readonly gitFolder: string;
  /** Of ours, so that the config in it is. */
  readonly commonFolder: string;
  readonly objects: string;
}

/** Runs git in one folder. Every argument is ours or was matched by a pattern before: never text that people type. */
export interface Git {
  readonly folder: string;
  /** stdout as it is. Git's own failures throw a ClaworcError of `errors.ts`. */
  text(args: readonly string[], options?: GitRunOptions): Promise<string>;
  /** Bytes of `git cat-file <args>`. */
  catFile(args: readonly string[], options?: GitRunOptions): Promise<Buffer>;
  /** Runs one of the commands that talk to a remote, which only a client with `access` does. */
  talk(args: readonly string[], options?: GitRunOptions): Promise<Spoken>;
}

/**
 * The configuration of a repository is foreign text, which no command gets to see (`own-config.ts`). Beside that only
 * plumbing is run, which takes no aliases, pagers, signature checks or formats from any; and whatever a config could name
 * as a program is named here first.
 */
const COMMANDS: ReadonlySet<string> = new Set([
  'bundle',
  'cat-file',
  'commit-graph',
  'config',
  'diff-tree',
  'fast-import',
  'for-each-ref',
  'hash-object',
  'init',
  'ls-files',
  'ls-tree',
  'merge-base',
  'pack-refs',
  'prune',
  'repack',
  'rev-list',
  'rev-parse',
  'symbolic-ref',
  'update-ref',
]);

const TALKING: ReadonlySet<string> = new Set(['fetch', 'ls-remote', 'push']);

/** For every command, stronger than any config. */
export const CONFIG: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.pager=cat',
  'core.editor=false',
  'core.sshCommand=false',
  'core.askPass=false',
  'core.gitProxy=false',
  'core.alternateRefsCommand=false',
  'diff.external=',
  // The heading of a hunk is the last line at the top of a YAML file, in whatever way it is written.
  'diff.default.xfuncname=^([^ #].*)$',
  'gpg.program=false',
  'gpg.ssh.program=false',
  'gpg.x509.program=false',
  'log.showSignature=false',
  'credential.helper=',
  'protocol.allow=never',
  'i18n.logOutputEncoding=UTF-8',
  // Objects and refs reach the disk.
  'core.fsync=all',
  'core.quotePath=false',
  // What others send is looked at before it is kept.
  'transfer.fsckObjects=true',
  'fetch.recurseSubmodules=false',
  'push.recurseSubmodules=no',
  'maintenance.auto=false',
  'gc.auto=0',
];

/** For a command whose objects are brought to the disk later (`flush-objects.ts`), which takes longer than to write them. */
export const NOT_FLUSHED = 'core.fsync=none,reference';

/** simple-git refuses these names in case they came from somebody else; here each of them switches something off. */
const UNSAFE = {
  allowUnsafeAskPass: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeEditor: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeHooksPath: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
} as const;

export const GIT_ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_DEFAULT_REF_FORMAT: 'files',
} as const;

export function placeVariables({ gitFolder, commonFolder, objects }: RepositoryPlace) {
  return { GIT_DIR: gitFolder, GIT_COMMON_DIR: commonFolder, GIT_OBJECT_DIRECTORY: objects };
}

/** The environment of each command, made from scratch. `path`: @default the PATH of this process: all that is taken over */
export function commandEnvironment(ceiling: string, path = process.env.PATH ?? '/usr/bin:/bin') {
  return {
    PATH: path,
    HOME: '/nonexistent',
    LC_ALL: 'C',
    ...GIT_ENVIRONMENT,
    GIT_CEILING_DIRECTORIES: ceiling,
  };
}

/**
 * A git client for `folder`, which must be the top of the repository: git never looks for one above `ceiling`.
 */
export function createGit(folder: string, ceiling: string, options: GitOptions = {}): Git {
  const { path, place, silentMs: patienceMs, onSilence, access } = options;
  const environment = commandEnvironment(ceiling, path);
  const run = async <T>(
    verb: string,
    {
      input,
      expect = [0],
      silentMs = patienceMs ?? silenceOf(verb),
      allocationBytes,
      signal,
      limit,
      config = [],
      tellsPackets = false,
    }: GitRunOptions,
    task: (client: SimpleGit) => Promise<T>,
    opened?: CommandAccess,
    onEnd: (exitCode: number, stderr: string) => void = () => undefined,
  ): Promise<T> => {
    const isKnown = opened === undefined ? COMMANDS.has(verb) : TALKING.has(verb);
    if (!isKnown) throw new RangeError(`git ${verb} is not among the commands that are run`);
    // simple-git would wrap an error that is not its own in one that hides it.
    let failure: ClaworcError | undefined;
    const output = limitOutput(verb, limit);
    try {
      const where = {
        ...(place === undefined ? {} : placeVariables(place())),
        ...(allocationBytes === undefined ? {} : { GIT_ALLOC_LIMIT: String(allocationBytes) }),
        ...(tellsPackets ? { GIT_TRACE_PACKET: '1' } : {}),
      };
      const client = simpleGit({
        baseDir: folder,
        config: [
          ...CONFIG,
          ...config,
          ...(opened === undefined ? [] : [`protocol.${opened.protocol}.allow=always`, ...opened.config]),
        ],
        allowEnvironment: [...Object.keys(GIT_ENVIRONMENT), 'GIT_CEILING_DIRECTORIES', ...Object.keys(where)],
        unsafe: UNSAFE,
        // By default output that comes later than 50 ms after git's exit is cut off.
        completion: { onClose: true, onExit: false },
        errors: (error, result) => {
          onEnd(result.exitCode, Buffer.concat(result.stdErr).toString());
          if (result.exitCode >= 0 && (expect === 'any' || expect.includes(result.exitCode))) return undefined;
          failure = gitError(verb, result.exitCode, Buffer.concat(result.stdErr).toString(), error);
          return failure;
        },
        ...(input === undefined ? {} : { input: () => input }),
        timeout: { block: silentMs },
        abort: signal === undefined ? output.signal : AbortSignal.any([signal, output.signal]),
      }).env({
        ...environment,
        ...(opened === undefined ? {} : { ...opened.env, GIT_ALLOW_PROTOCOL: opened.protocol }),
        ...where,
      });
      return await task(client.outputHandler((_command, stdout, stderr) => output.watch(stdout, stderr)));
    } catch (error) {
      const excess = output.excess();
      if (excess !== undefined) throw excess;
      if (isSilence(error)) onSilence?.();
      throw failure ?? (error instanceof ClaworcError ? error : gitError(verb, -1, '', error));
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
    talk: async (args, options = {}) => {
      if (access === undefined) throw new RangeError('this client has no remote');
      let ended = { exitCode: -1, stderr: '' };
      const opened = await access();
      const stdout = await run(
        args[0] ?? '',
        { ...options, expect: 'any' },
        (client) => client.raw([...args]),
        opened,
        (exitCode, stderr) => {
          ended = { exitCode, stderr };
        },
      );
      return { ...ended, stdout };
    },
  };
}
