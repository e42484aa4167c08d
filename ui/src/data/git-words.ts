import type { FleetState } from '../../../server/http/schemas/answers.ts';

/** How main stands; undefined before the fleet is known. */
export type MainState = FleetState['git'] | undefined;

/** What helps, as a person can do it on a page. `look`: the settings page has the choice. */
export type MainStep = 'none' | 'ask' | 'look';

/** A main that is not followed, in words. */
export interface MainTrouble {
  /** What is so, short enough for the side of a row. */
  readonly short: string;
  /** One sentence. */
  readonly title: string;
  /** Why, and what helps: the server's own words. */
  readonly detail: string;
  readonly step: MainStep;
}

const REMOTE_TITLES: Readonly<Record<string, readonly [short: string, title: string]>> = {
  unreachable: ['it does not answer', 'The remote does not answer.'],
  unknown_host: ['its host can’t be verified', 'The host of the remote can’t be verified.'],
  unauthorized: ['it refuses the credentials', 'The remote refuses the credentials.'],
  not_found: ['it has no such repository', 'The remote has no such repository.'],
  may_not_push: ['no right to push', 'This account may not push to the remote.'],
  protected: ['its branch is protected', 'The branch of the remote is protected.'],
  hook: ['a hook said no', 'A hook of the remote said no.'],
  redirected: ['it has another address', 'The remote answers with another address.'],
  shallow: ['its history is cut off', 'The history of the remote is cut off.'],
  damaged: ['an object is damaged', 'An object of the remote is damaged.'],
  full: ['it has no room', 'The remote has no room for what was pushed.'],
  unfit: ['it can’t be used as it is', 'The remote can’t be used as it is.'],
  branch_gone: ['its branch is gone', 'The remote lost the branch of main.'],
};

/** What stands between this server and main; null while main is followed, or nothing is known yet. */
export function mainTrouble(git: MainState): MainTrouble | null {
  if (git === undefined) return null;
  const { detail } = git;
  switch (git.state) {
    case 'following':
      return null;
    case 'unreachable':
      return { short: 'git does not answer', title: 'Main can’t be read or written.', detail, step: 'none' };
    case 'too_large':
      return { short: 'main is too large', title: 'Main holds more than is read.', detail, step: 'none' };
    case 'rewritten':
      return { short: 'main was rewritten', title: 'The history of main is another one.', detail, step: 'look' };
    case 'remote': {
      const [short, title] = REMOTE_TITLES[git.trouble ?? ''] ?? ['it can’t be used', 'The remote can’t be used.'];
      return { short: `the remote: ${short}`, title, detail, step: git.trouble === 'branch_gone' ? 'look' : 'ask' };
    }
  }
}

/** What a draft waits for beyond its turn: `Waits for the remote: it does not answer`. Undefined where nothing is wrong. */
export function draftWait(git: MainState): string | undefined {
  const trouble = mainTrouble(git);
  return trouble === null ? undefined : `Waits for ${trouble.short}`;
}
