import type { Git } from '../client.ts';
import type { KeptGit } from '../kept-git.ts';
import { isLostRace } from '../errors.ts';
import { commitId, refName } from './ref.ts';

/** Where a ref is (null: nowhere yet) and where it goes (null: it is removed). */
export interface RefMove {
  readonly ref: string;
  readonly from: string | null;
  readonly to: string | null;
}

export const REF_COMMAND = ['update-ref', '--stdin'] as const;

/** How a transaction of refs is given to git. */
export type MoveInput = (input: string) => Promise<unknown>;

export const byOwnGit =
  (git: Git): MoveInput =>
  (input) =>
    git.text(REF_COMMAND, { input });

/** `kept` runs `REF_COMMAND`. */
export const byKeptGit =
  (kept: KeptGit): MoveInput =>
  (input) =>
    kept.ask(input, (said) => said.endsWith('commit: ok\n'));

/** Moves refs in one transaction of git; false, and nothing moved, when one of them was not at `from`. */
export async function moveRefs(give: MoveInput, moves: readonly RefMove[]): Promise<boolean> {
  const lines = moves.map(({ ref, from, to }) => {
    const like = from ?? to;
    if (like === null) throw new RangeError(`${ref} moves from nowhere to nowhere`);
    const none = '0'.repeat(like.length);
    const before = from === null ? none : commitId(from);
    return to === null ? `delete ${refName(ref)} ${before}` : `update ${refName(ref)} ${commitId(to)} ${before}`;
  });
  try {
    await give(`start\n${lines.join('\n')}\nprepare\ncommit\n`);
    return true;
  } catch (error) {
    if (isLostRace(error)) return false;
    throw error;
  }
}
