import { ClaworcError, messageOf } from '../lib/errors.ts';

interface Cause {
  readonly pattern: RegExp;
  readonly code: 'git_unreachable' | 'git_refused' | 'too_large';
  readonly retryable: boolean;
  readonly says: string;
  /** True where a person has to decide before git is asked again. */
  readonly refusal?: true;
}

/** simple-git's word for it. */
const SILENCE = /block timeout reached/i;

/** What git's stderr means; the only place that looks at it. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /attempting to allocate \d+ over limit/,
    code: 'too_large',
    retryable: false,
    says: 'it is more than is read; does a commit hold a tree that contains itself many times?',
  },
  {
    pattern: /Unable to create '.*\.lock': File exists|unable to lock|could not lock/i,
    code: 'git_unreachable',
    retryable: true,
    says: 'another git process holds a lock of the repository',
  },
  {
    pattern: /No space left on device|Out of diskspace|Disk quota exceeded/i,
    code: 'git_unreachable',
    retryable: true,
    says: 'the disk is full; it goes on by itself when there is room',
  },
  {
    pattern: /Permission denied|Read-only file system|insufficient permission/i,
    code: 'git_refused',
    retryable: false,
    says: 'the repository folder can not be written; it goes on by itself when it can',
  },
  {
    pattern: /directory that does not exist/,
    code: 'git_unreachable',
    retryable: true,
    says: 'the folder of the repository is gone',
  },
  {
    pattern: SILENCE,
    code: 'git_refused',
    retryable: false,
    says: 'git does not answer for this repository; does its config include something that is no file, or does a commit hold a tree that contains itself many times?',
  },
  {
    pattern: /not a git repository/i,
    code: 'git_refused',
    retryable: false,
    says: 'this folder is not the top of a git repository',
  },
  {
    pattern:
      /bad object|missing blob|loose object .* is corrupt|unable to read tree|invalid object|object file .* is empty/i,
    code: 'git_refused',
    retryable: false,
    says: 'the repository is damaged; `git fsck` shows where',
  },
  {
    pattern: /ENOENT|not found/,
    code: 'git_refused',
    retryable: false,
    says: 'git is not installed, or not on the PATH',
  },
];

/** The typed form of a failed git command. stderr is kept to one line; git prints no secrets of ours. */
export function gitError(verb: string, exitCode: number, stderr: string, cause: unknown): ClaworcError {
  const text = stderr.trim() === '' && cause instanceof Error ? cause.message : stderr.trim();
  const known = CAUSES.find(({ pattern }) => pattern.test(text));
  const line =
    text.split('\n').findLast((each) => each.trim() !== '' && !/^(?:\t|fast-import: dumping)/.test(each)) ??
    `exit code ${exitCode}`;
  const says = known === undefined ? line : `${known.says} (${line})`;
  return new ClaworcError(known?.code ?? 'git_refused', `git ${verb} failed: ${says}`, {
    retryable: known?.retryable ?? false,
    ...(cause === undefined ? {} : { cause }),
    ...(known?.refusal === undefined ? {} : { body: { refusal: true } }),
  });
}

/** Whether git was ended because it said nothing for too long. */
export function isSilence(error: unknown): boolean {
  return SILENCE.test(messageOf(error));
}

/** What `git update-ref --stdin` says when the ref is not where the caller saw it. */
export function isLostRace(error: unknown): boolean {
  return (
    error instanceof ClaworcError &&
    /but expected|reference already exists|unable to resolve reference|reference is missing/.test(error.message)
  );
}
