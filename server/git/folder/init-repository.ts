import { appendFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { createGit } from '../client.ts';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import { refuseSpecialFiles } from './plain-files.ts';
import { MAIN } from '../refs/ref.ts';

/** So that a push can only ever add to main, and git never packs or collects behind our back. */
const SETTINGS = `[receive]
\tdenyNonFastForwards = true
\tdenyDeletes = true
\tfsckObjects = true
\tautogc = false
[gc]
\tauto = 0
[core]
\tfsync = all
\tlogAllRefUpdates = true
`;

/**
 * Makes the embedded bare repository, with main unborn and HEAD at it, so that `git clone` and `git push` of a person
 * work at once. It appears whole or not at all; an existing one is left as it is. Gives true if it was made.
 */
export async function initRepository(folder: string): Promise<boolean> {
  const target = resolve(folder);
  if (await exists(target)) return false;
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  const draft = join(parent, `.${basename(target)}.new`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  const git = createGit(draft, parent);
  await git.text(['init', '--bare', `--initial-branch=${MAIN.slice('refs/heads/'.length)}`, '.']);
  await appendFile(join(draft, 'config'), SETTINGS);
  await mkdir(join(draft, 'logs'));
  // The samples of git's template: nothing runs them, and the folder should hold only what is meant.
  await rm(join(draft, 'hooks'), { recursive: true, force: true });
  await rename(draft, target);
  return true;
}

/** The branches of a mirror: what is pushed there would not be on the remote. */
export const ALL_BRANCHES = 'refs/heads';

/** Which refs git refuses people who push into the folder of the embedded repository ("deny updating a hidden ref"). */
export async function takePushes(folder: string, closed: string | null): Promise<void> {
  const target = resolve(folder);
  refuseSpecialFiles({ gitFolder: target, commonFolder: target });
  const git = createGit(target, dirname(target));
  const file = ['config', '--file', join(target, 'config'), '--no-includes'];
  const now = (await git.text([...file, '--get', 'receive.hideRefs'], { expect: [0, 1] })).trim();
  if (now === (closed ?? '')) return;
  await git.text(closed === null ? [...file, '--unset', 'receive.hideRefs'] : [...file, 'receive.hideRefs', closed]);
}

async function exists(folder: string): Promise<boolean> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new ClaworcError('git_refused', `${folder} is no folder that can be read: ${messageOf(error)}.`, {
      subject: folder,
      cause: error,
    });
  });
  return entries.length > 0;
}
