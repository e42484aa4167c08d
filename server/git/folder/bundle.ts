import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { createGit, type Git } from '../client.ts';
import { initRepository } from './init-repository.ts';
import { layoutOf } from './layout.ts';
import { ownConfig } from '../own-config.ts';
import { refuseSpecialFiles } from './plain-files.ts';
import { commitId, isOwnRef, type OwnRef } from '../refs/ref.ts';
import { byOwnGit, moveRefs } from '../refs/ref-moves.ts';

export interface Bundled {
  /** The branch that HEAD names, in full. */
  readonly head: OwnRef;
  /** False for a repository without a commit: git makes no empty bundle, and there is no file. */
  readonly hasFile: boolean;
}

const BATCH = 1000;

/** Writes all branches of a bare repository, and the refs of ours beside them, with everything they reach into one file. */
export async function bundleRepository(folder: string, file: string, signal: AbortSignal): Promise<Bundled> {
  const git = await openBare(folder);
  const head = (await git.text(['symbolic-ref', 'HEAD'], { signal })).trim();
  if (!isOwnRef(head)) throw new RangeError(`HEAD of the repository names ${head}, which is no branch`);
  const refs = await git.text(['for-each-ref', '--count=1', '--format=%(refname)'], { signal });
  if (refs.trim() === '') return { head, hasFile: false };
  await git.text(['bundle', 'create', '--quiet', '--version=3', file, '--all'], { signal });
  return { head, hasFile: true };
}

/** Makes a bare repository with all that a bundle holds; `file` null makes one without a commit. */
export async function unbundleRepository(
  file: string | null,
  folder: string,
  head: OwnRef,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await initRepository(folder);
  const git = await openBare(folder);
  await git.text(['symbolic-ref', 'HEAD', head], { signal });
  if (file === null) return;
  const told = await git.text(['bundle', 'unbundle', file], { signal });
  const moves = told
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([commit = '', ref = '']) => (isOwnRef(ref) ? [{ ref, from: null, to: commitId(commit) }] : []));
  for (let at = 0; at < moves.length; at += BATCH) await moveRefs(byOwnGit(git), moves.slice(at, at + BATCH));
}

async function openBare(folder: string): Promise<Git> {
  const layout = layoutOf(folder);
  refuseSpecialFiles(layout);
  const { place } = await ownConfig(layout, tmpdir());
  return createGit(folder, dirname(folder), { place });
}
