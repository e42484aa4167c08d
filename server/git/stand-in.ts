import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ClaworcError } from '../lib/errors.ts';
import { makeFolder } from '../lib/make-folder.ts';

/** What is read and written where it is. */
const LINKED = ['refs', 'packed-refs', 'reftable', 'logs', 'shallow'] as const;

/**
 * A folder that git takes for the common folder of a repository: links to the branches of the real one, and a config of
 * ours. It lies below `temp` under a name that follows from both, so that all processes of a user share it, and is made
 * again whenever something that cleans temporary files has taken it away. Those of repositories that are gone go too.
 */
export function standIn(temp: string, commonFolder: string, config: string): string {
  const root = join(temp, `claworc-git-${process.geteuid?.() ?? 'user'}`);
  const name = createHash('sha256').update(`${commonFolder}\0${config}`).digest('hex').slice(0, 32);
  const folder = join(root, name);
  if (isOurs(root) && isWhole(folder)) return folder;
  makeFolder(root, 0o700);
  if (!isOurs(root)) {
    throw new ClaworcError('git_refused', `${root} belongs to somebody else, or others may write to it: remove it.`, {
      subject: root,
    });
  }
  sweep(root);
  const draft = mkdtempSync(join(root, 'new-'));
  writeFileSync(join(draft, 'config'), config);
  for (const link of LINKED) symlinkSync(join(commonFolder, link), join(draft, link));
  if (!isWhole(folder)) rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another process was faster.
    rmSync(draft, { recursive: true, force: true });
    if (!isWhole(folder)) throw error;
  }
  return folder;
}

/** Nobody else may put a config into it: in a shared folder for temporary files the name could have been taken. */
function isOurs(root: string): boolean {
  const found = lstatSync(root, { throwIfNoEntry: false });
  const isMine = process.geteuid === undefined || (found?.uid === process.geteuid() && (found.mode & 0o022) === 0);
  return found?.isDirectory() === true && isMine;
}

function isWhole(folder: string): boolean {
  return ['config', ...LINKED].every((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined);
}

function sweep(root: string): void {
  for (const name of readdirSync(root)) {
    const isDraft = name.startsWith('new-');
    if (!isDraft && !existsSync(join(root, name, 'refs'))) rmSync(join(root, name), { recursive: true, force: true });
  }
}
