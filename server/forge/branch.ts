import { ClaworcError } from '../lib/errors.ts';

/** git-check-ref-format, and narrower: nothing that an API, a shell or a reader could take for something else. */
const BRANCH = /^[A-Za-z0-9_][A-Za-z0-9._+@-]*(\/[A-Za-z0-9_][A-Za-z0-9._+@-]*)*$/;

/** Passes only the short name of a branch on to a forge. Throws `invalid`, for a line break at the end too. */
export function branchName(text: string): string {
  const isSound = BRANCH.test(text) && !/\.\.|\.lock(\/|$)|\.(\/|$)|@\{/.test(text) && text.length <= 240;
  if (isSound) return text;
  throw new ClaworcError('invalid', `That is no name of a branch: ${JSON.stringify(text.slice(0, 80))}`);
}
