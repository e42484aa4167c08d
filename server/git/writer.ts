import { NOT_FLUSHED, type Git } from './client.ts';
import { fastImportStream, type CommitRequest } from './fast-import.ts';
import { keepGit, type KeptGit, type KeptGitOptions } from './kept-git.ts';
import { byKeptGit, byOwnGit, moveRefs, REF_COMMAND, type RefMove } from './refs/ref-moves.ts';
import { commitId } from './refs/ref.ts';

export interface WrittenCommit {
  readonly commit: string;
  /** Null where nobody asked for it. */
  readonly tree: string | null;
}

/** Puts commits and refs into one repository. */
export interface Writer {
  /** Writes a commit object on top of its parent, and tells of it when it is on the disk, unless `flushed` is false; no ref moves. */
  readonly writeCommit: (request: CommitRequest, flushed?: boolean) => Promise<WrittenCommit>;
  /** Moves refs, all or none; false when one of them was not at `from`. */
  readonly moveRefs: (moves: readonly RefMove[]) => Promise<boolean>;
  /** Ends processes that are kept for what comes next, after what they are at. */
  readonly end: () => Promise<void>;
}

/** Where git runs that stays for a while. */
export type KeptPlace = Pick<KeptGitOptions, 'folder' | 'ceiling' | 'place' | 'mark' | 'silentMs' | 'onSilence'>;

/**
 * A commit of as few changes is written to a pack first and taken apart into loose objects at once (git does so with up to
 * 100 objects), so that to compress the pack is work for nothing: of 5,000 bots the trees are large.
 */
const FEW = 40;
const UNCOMPRESSED = ['pack.compression=0'];
const IMPORT = ['fast-import', '--quiet', '--done'] as const;
const ID_LINE = /^([0-9a-f]+)\n$/;
const ID_AND_TREE = /^([0-9a-f]+)\n040000 tree ([0-9a-f]+)\t?\n$/;

/**
 * Of paths below `prefix`; `tellsTree`: what is written is told with its tree. Each call has a git of its own, or with `kept`
 * all have two that stay while there is work, and a third one while commits are written that are not flushed: then somebody
 * else is quicker again and again, and each start of a process is time for them.
 */
export function createWriter(git: Git, prefix: string, tellsTree: boolean, kept?: KeptPlace): Writer {
  const importerWith = (config: readonly string[]): KeptGit | undefined =>
    kept && keepGit({ ...kept, args: IMPORT, config, farewell: 'done\n' });
  const importer = importerWith(UNCOMPRESSED);
  const quickImporter = importerWith([...UNCOMPRESSED, NOT_FLUSHED]);
  const mover = kept && keepGit({ ...kept, args: REF_COMMAND });
  const give = mover === undefined ? byOwnGit(git) : byKeptGit(mover);
  const answer = tellsTree ? ID_AND_TREE : ID_LINE;
  const read = (said: string): WrittenCommit => {
    const [, commit = '', tree] = answer.exec(said) ?? [];
    return { commit: commitId(commit), tree: tree === undefined ? null : commitId(tree) };
  };
  const writeCommit = async (request: CommitRequest, flushed = true): Promise<WrittenCommit> => {
    if (request.parent !== null) commitId(request.parent);
    if (request.joins !== undefined) commitId(request.joins);
    const isSmall = [request, ...(request.before ?? [])].reduce((sum, { changes }) => sum + changes.size, 0) <= FEW;
    const stays = flushed ? importer : quickImporter;
    if (isSmall && stays !== undefined) {
      const input = await fastImportStream(request, { prefix, stays: true, tellsTree });
      return read(await stays.ask(input, (said) => answer.test(said)));
    }
    const input = await fastImportStream(request, { prefix, tellsTree });
    const config = [...(isSmall ? UNCOMPRESSED : []), ...(flushed ? [] : [NOT_FLUSHED])];
    return read(await git.text(IMPORT, { input, config }));
  };
  return {
    writeCommit,
    moveRefs: async (moves) => {
      const isMoved = await moveRefs(give, moves);
      // They take what they wrote before for written; what no branch leads to may be gone when the same is written again.
      if (!isMoved) await Promise.all([importer?.end(), quickImporter?.end()]);
      return isMoved;
    },
    end: async () => {
      await Promise.all([importer?.end(), quickImporter?.end(), mover?.end()]);
    },
  };
}
