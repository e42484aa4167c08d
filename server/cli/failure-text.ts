import { oneLine } from '../../constructs/schema/explain/visible.ts';
import { ClaworcError, messageOf } from '../lib/errors.ts';

/** What the system says of a machine that a person has to look after; anything else it says to us is a defect of ours. */
const OF_THE_MACHINE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room on it, and run the command again',
  EDQUOT: 'the disk has no more room for this user: make some, and run the command again',
  EROFS: 'the disk can only be read: run the command again when it can be written',
  EACCES: 'this user has no permission for it',
  EPERM: 'this user has no permission for it',
  EMFILE: 'this process may open no more files: raise its limit (ulimit -n)',
  ENFILE: 'this machine can open no more files',
  EIO: 'the disk fails',
};

/** Why a command ended, for the terminal: one line, but for a defect, whose stack somebody will want to report. */
export function failureText(error: unknown): string {
  if (error instanceof ClaworcError) return oneLine(error.message);
  const { code, path } = systemError(error);
  const words = code === undefined ? undefined : OF_THE_MACHINE[code];
  if (words !== undefined) return oneLine(`${path === undefined ? '' : `${path}: `}${words} (${code ?? ''}).`);
  return error instanceof Error && error.stack !== undefined ? error.stack : messageOf(error);
}

function systemError(error: unknown): { readonly code?: string; readonly path?: string } {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return {};
  const path = 'path' in error && typeof error.path === 'string' ? { path: error.path } : {};
  return { code: error.code, ...path };
}
