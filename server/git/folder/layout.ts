import { lstatSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ClaworcError } from '../../lib/errors.ts';
import { readSmallFileSync } from '../../lib/small-file.ts';

/** Where a repository keeps what. */
export interface GitLayout {
  /** What is of one work tree: HEAD and the index. */
  readonly gitFolder: string;
  /** What all work trees have in common: branches, objects, config. The same folder but for a linked work tree. */
  readonly commonFolder: string;
  readonly hasWorkTree: boolean;
}

/** Finds the repository whose top is `top`, without asking git. Throws `git_refused` where there is none. */
export function layoutOf(top: string): GitLayout {
  const dotGit = join(top, '.git');
  const there = statSync(dotGit, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile() && !there.isDirectory()) throw pointsNowhere(dotGit);
  const gitFolder = there === undefined ? top : there.isFile() ? resolve(top, lineOf(dotGit, 'gitdir: ')) : dotGit;
  const pointer = join(gitFolder, 'commondir');
  const isLinked = lstatSync(pointer, { throwIfNoEntry: false })?.isFile() === true;
  const commonFolder = isLinked ? resolve(gitFolder, lineOf(pointer, '')) : gitFolder;
  const isWhole = ['objects', 'refs'].every((name) => isFolder(join(commonFolder, name)));
  if (!isWhole || lstatSync(join(gitFolder, 'HEAD'), { throwIfNoEntry: false }) === undefined) {
    throw new ClaworcError('git_refused', `${top} is not the top of a git repository.`, { subject: top });
  }
  return { gitFolder, commonFolder, hasWorkTree: there !== undefined };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The one line of a file that points somewhere else. */
function lineOf(file: string, prefix: string): string {
  const text = textOf(file).trimEnd();
  if (!text.startsWith(prefix) || text.length === prefix.length || /[\n\0]/.test(text)) throw pointsNowhere(file);
  return text.slice(prefix.length);
}

/** Paths are shorter than what is read on any system; what is no plain file points nowhere either. */
function textOf(file: string): string {
  try {
    return readSmallFileSync(file).toString('utf8');
  } catch {
    return '';
  }
}

function pointsNowhere(file: string): ClaworcError {
  return new ClaworcError('git_refused', `${file} does not say where the repository is.`, { subject: file });
}

/**
 * Throws `git_refused` for a repository that belongs to another user than `user`: whoever owns it could change under us
 * what we read. Git's own check is about a repository that it found; ours is named.
 */
export function refuseForeign(top: string, { gitFolder, commonFolder }: GitLayout, user: number | undefined): void {
  if (user === undefined) return;
  for (const path of new Set([top, gitFolder, commonFolder])) {
    if (statSync(path).uid === user) continue;
    throw new ClaworcError(
      'git_refused',
      `${path} belongs to another user of this machine; --any-owner reads the repository all the same.`,
      { subject: path, body: { refusal: true } },
    );
  }
}
