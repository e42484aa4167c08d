import type { FleetState } from '../../../../server/http/schemas/answers.ts';

/** How main stands; undefined before the fleet is known. */
export type MainState = FleetState['git'] | undefined;

/** What helps, as a person can do it on a page. `look`: the settings page has the choice. */
export type MainStep = 'none' | 'ask' | 'look';

/** A main that is not followed, in words. */
export interface MainTrouble {
  /** One sentence. */
  readonly title: string;
  /** Why, and what helps: the server's own words. */
  readonly detail: string;
  readonly step: MainStep;
}

const REMOTE_TITLES: Readonly<Record<string, string>> = {
  unreachable: 'The remote does not answer.',
  unknown_host: 'The host of the remote can’t be verified.',
  unauthorized: 'The remote refuses the credentials.',
  not_found: 'The remote has no such repository.',
  may_not_push: 'This account may not push to the remote.',
  protected: 'The branch of the remote is protected.',
  hook: 'A hook of the remote said no.',
  redirected: 'The remote answers with another address.',
  shallow: 'The history of the remote is cut off.',
  damaged: 'An object of the remote is damaged.',
  full: 'The remote has no room for what was pushed.',
  unfit: 'The remote can’t be used as it is.',
  unknown: 'Git fails at the remote, for a reason that is not known here.',
  no_branch: 'The remote has no such branch.',
  branch_gone: 'The remote lost the branch of main.',
};

/** What stands between this server and main; null while main is followed, or nothing is known yet. */
export function mainTrouble(git: MainState): MainTrouble | null {
  if (git === undefined) return null;
  const { detail } = git;
  switch (git.state) {
    case 'following':
      return null;
    case 'unreachable':
      return { title: 'Main can’t be read or written.', detail, step: 'none' };
    case 'too_large':
      return { title: 'Main holds more than is read.', detail, step: 'none' };
    case 'unsigned':
      return { title: 'Main takes signed commits alone.', detail, step: 'none' };
    case 'rewritten':
      return { title: 'The history of main is another one.', detail, step: 'look' };
    case 'remote': {
      const title = REMOTE_TITLES[git.trouble ?? ''] ?? 'The remote can’t be used.';
      return { title, detail, step: git.trouble === 'branch_gone' ? 'look' : 'ask' };
    }
  }
}

/** What keeps drafts from becoming commits: `Waits for the remote: it does not answer`. Undefined where nothing does. */
export function draftWait(git: MainState): string | undefined {
  const what = git?.waits_for ?? null;
  return what === null ? undefined : `Waits for ${what}`;
}
