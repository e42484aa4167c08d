import type { OwnRef } from '../../git/refs/ref.ts';

const OWN = 'proposals/';
const MOST_CHARACTERS = 60;

/** The branch of a proposal that is opened here, such as `proposals/more-memory`; `taken` says which are in use. */
export function branchFor(title: string, taken: (branch: string) => boolean): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MOST_CHARACTERS)
    .replace(/^-+|-+$/g, '');
  const name = `${OWN}${words || 'change'}`;
  let branch = name;
  for (let count = 2; taken(branch); count += 1) branch = `${name}-${count}`;
  return branch;
}

/** Whether a branch was made here, and is taken away once main has it. */
export function isOwnBranch(branch: string): boolean {
  return branch.startsWith(OWN);
}

export function branchRef(branch: string): OwnRef {
  return `refs/heads/${branch}`;
}
