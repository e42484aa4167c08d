import { ClaworcError } from '../../lib/errors.ts';

/** The branch that is the desired state. */
export const MAIN = 'refs/heads/main';

/** A branch, or a ref of ours that no clone shows. */
export type OwnRef = `refs/heads/${string}` | `refs/claworc/${string}`;

const OWN_REF = /^refs\/(heads|claworc)(\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/;

/** Passes only a full ref of ours on to git (git-check-ref-format, and narrower). */
export function refName(ref: string): OwnRef {
  if (!isOwnRef(ref)) throw new ClaworcError('invalid', `no ref of ours: ${ref.slice(0, 80)}`);
  return ref;
}

/** Whether a name is one of ours, in the words of `refName`. */
export function isOwnRef(ref: string): ref is OwnRef {
  return OWN_REF.test(ref) && !/\.\.|\.lock(\/|$)|\.(\/|$)/.test(ref) && ref.length <= 250;
}

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
