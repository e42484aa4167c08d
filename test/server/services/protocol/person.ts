import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git } from '../../../support/person-git.ts';
import type { Places } from './house.ts';

/** Somebody with a checkout, who knows nothing of Claworc. */
export interface Person {
  readonly checkout: string;
  /** Brings the checkout to main; gives its commit. */
  update(): string;
  read(path: string): string;
  /** Commits files (null: removed) on top of what is checked out; gives the commit. */
  commit(message: string, files: Readonly<Record<string, string | null>>): string;
  /** Pushes what is checked out to main. */
  push(): void;
}

export function personOf({ folder, truth }: Pick<Places, 'folder' | 'truth'>): Person {
  const checkout = join(folder, 'checkout');
  return {
    checkout,
    update: () => {
      // A git of theirs that was killed with the server left its lock, which a person takes away.
      for (const lock of ['index', 'HEAD', 'refs/heads/main'])
        rmSync(join(checkout, `.git/${lock}.lock`), { force: true });
      if (!existsSync(join(checkout, '.git/HEAD'))) git(folder, 'init', '-q', '-b', 'main', checkout);
      git(checkout, 'fetch', '-q', truth, 'main');
      git(checkout, 'reset', '-q', '--hard', 'FETCH_HEAD');
      return git(checkout, 'rev-parse', 'HEAD').trim();
    },
    read: (path) => readFileSync(join(checkout, path), 'utf8'),
    commit: (message, files) => {
      for (const [path, text] of Object.entries(files)) {
        const file = join(checkout, path);
        mkdirSync(dirname(file), { recursive: true });
        if (text === null) rmSync(file);
        else writeFileSync(file, text);
      }
      git(checkout, 'add', '-A');
      git(checkout, 'commit', '-qm', message);
      return git(checkout, 'rev-parse', 'HEAD').trim();
    },
    push: () => void git(checkout, 'push', '-q', truth, 'HEAD:main'),
  };
}
