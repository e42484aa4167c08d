import { ClaworcError } from '../lib/errors.ts';

/** The branch that is the desired state. */
export const MAIN = 'refs/heads/main';

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/** Passes only a full object id on to git. */
export function commitId(text: string): string {
  if (!COMMIT.test(text)) throw new ClaworcError('invalid', `no commit id: ${text.slice(0, 80)}`);
  return text;
}

/** The tree without files, which every repository knows, for the object format that `like` is an id of. */
export function emptyTree(like: string): string {
  return like.length === 40
    ? '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
    : '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321';
}
