import type { Heads, HeadSide } from '../../http/schemas/git-state.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { AppContext } from '../app-context.ts';

/** Commits of one side that are listed; a person looks at them before one side is given up. */
const LISTED = 50;

/**
 * The two heads of a main that was rewritten, and what each has that the other has not. Null for what is not in this
 * repository and so can't be told. Throws `conflict` where main was not rewritten.
 */
export async function compareHeads({
  publisher,
  repository,
}: {
  readonly publisher: Pick<AppContext['publisher'], 'state'>;
  readonly repository: Pick<AppContext['repository'], 'log'>;
}): Promise<Heads> {
  const state = publisher.state();
  if (state.state !== 'rewritten') {
    throw new ClaworcError('conflict', 'The history of main was not rewritten: there is one head.');
  }
  const { imported: ours, head: theirs } = state;
  return {
    ours: await sideOf(repository, ours, theirs),
    theirs: theirs === null ? null : await sideOf(repository, theirs, ours),
  };
}

async function sideOf(
  repository: Pick<AppContext['repository'], 'log'>,
  commit: string,
  other: string | null,
): Promise<HeadSide> {
  const [newest] = (await known(repository.log({ until: commit, limit: 1 }))) ?? [];
  const own =
    newest === undefined ? undefined : await known(repository.log({ until: commit, since: other, limit: LISTED + 1 }));
  return {
    commit,
    latest: newest === undefined ? null : wordsOf(newest),
    own: own?.slice(0, LISTED).map(wordsOf) ?? null,
    more: own !== undefined && own.length > LISTED,
  };
}

/** Undefined where git has not the objects that it would have to look at. */
async function known(log: Promise<readonly LoggedCommit[]>): Promise<readonly LoggedCommit[] | undefined> {
  try {
    return await log;
  } catch (error) {
    if (error instanceof ClaworcError && error.code === 'git_refused') return undefined;
    throw error;
  }
}

function wordsOf({ commit, subject, author, at }: LoggedCommit): NonNullable<HeadSide['latest']> {
  return { commit, message: subject, author: author.name, at };
}
