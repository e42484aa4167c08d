import { statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { RepositoryPlace } from '../client.ts';
import type { GitLayout } from './layout.ts';
import { refuseSpecialFile, refuseSpecialFiles } from './plain-files.ts';

/** Read by nearly every command. */
const ALWAYS_READ = ['HEAD', 'packed-refs', 'shallow'] as const;

export interface GuardedPlace {
  /** For one command. Throws `git_refused` where git would wait for ever. */
  readonly place: () => RepositoryPlace;
  /** Tells the repository from another one that took its place, and from a folder that is none any more. */
  readonly mark: () => string;
  /** Told that git was ended because it said nothing; throws `git_refused` with the file that it waits for, where there is one. */
  readonly onSilence: () => void;
}

/**
 * A file of a repository may be swapped for a pipe while we run. What every command reads is looked at before each, which
 * costs a few system calls. Thousands of other files are looked at when a git was silent for too long, and from then on before
 * each command until none of them is in its way.
 */
export function guardedPlace(layout: GitLayout, place: () => RepositoryPlace, ref: () => string): GuardedPlace {
  const { gitFolder, commonFolder } = layout;
  let isSuspect = false;
  const lookAtAll = (): void => {
    refuseSpecialFiles(layout);
    isSuspect = false;
  };
  return {
    place: () => {
      if (isSuspect) lookAtAll();
      for (const name of ALWAYS_READ) refuseSpecialFile(join(commonFolder, name));
      refuseSpecialFile(join(commonFolder, ref()));
      if (gitFolder !== commonFolder) refuseSpecialFile(join(gitFolder, 'HEAD'));
      return place();
    },
    mark: () => {
      const [head, objects] = [statOf(join(gitFolder, 'HEAD')), statOf(join(commonFolder, 'objects'))];
      return `${head !== undefined} ${objects?.dev} ${objects?.ino}`;
    },
    onSilence: () => {
      isSuspect = true;
      lookAtAll();
    },
  };
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
